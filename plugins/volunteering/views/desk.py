"""What waits: at an organisation's desk, and everywhere for an animator."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from core.domain.permissions import MANAGERS, is_animator, require, roles
from core.models import Organisation, Project
from plugins.volunteering.domain.response_times import response_time
from plugins.volunteering.models import Application, Engagement, Mission, PlanStep

SHOWN = 100


@login_required
@never_cache
def desks(request: HttpRequest) -> HttpResponse:
    """The desks of the reader's organisations; straight to it when there is one."""
    rows = Organisation.objects.filter(
        memberships__person=request.user, memberships__role__in=MANAGERS, memberships__until=None
    )
    organisations = list(rows.distinct().order_by("name"))
    if len(organisations) == 1:
        return redirect("volunteering:desk", slug=organisations[0].slug)
    return render(request, "volunteering/desks.html", {"organisations": organisations})


@login_required
@never_cache
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation's applications by age with whose turn it is, and its missions."""
    host = get_object_or_404(Organisation, slug=slug)
    require(bool(roles(request.user, host) & MANAGERS))
    live = with_turns(Application.objects.filter(mission__host=host))
    waiting = live.filter(state__in=[Application.State.SENT, Application.State.SHORTLISTED]).order_by(
        "sent_at", "pk"
    )
    engaged = live.filter(state=Application.State.ACCEPTED).exclude(
        engagement__state=Engagement.State.STOPPED
    )
    context = {
        "host": host,
        "waiting": waiting[:SHOWN],
        "engaged": engaged.order_by("sent_at", "pk")[:SHOWN],
        "missions": Mission.objects.counted()
        .filter(host=host)
        .select_related("project")
        .order_by("-pk")[:SHOWN],
        "projects": Project.objects.public().local().filter(owner=host).order_by("-pk")[:SHOWN],
        "response": response_time(host),
    }
    return render(request, "volunteering/desk.html", context)


@login_required
@never_cache
def stalled(request: HttpRequest) -> HttpResponse:
    """For animators: steps past their due date, the longest late first; names of organisations, no private text."""
    if not is_animator(request.user):
        raise PermissionDenied
    steps: Any = PlanStep.objects.filter(state=PlanStep.State.CURRENT, due__lt=timezone.localdate())
    steps = steps.select_related(
        "application__mission__host", "application__mission__project", "application__applicant"
    )
    idle = with_turns(Application.objects.filter(engagement__state=Engagement.State.UNDERWAY)).exclude(
        steps__state=PlanStep.State.CURRENT
    )
    context = {
        "steps": steps.order_by("due", "pk")[:SHOWN],
        "idle": idle.order_by("pk")[:SHOWN],
        "today": timezone.localdate(),
    }
    return render(request, "volunteering/stalled.html", context)


def with_turns(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Applications with all that a line shows."""
    return rows.select_related("mission__host", "mission__project", "applicant").prefetch_related("steps")
