"""Writing, opening and closing missions, for the managers of the organisation and the animators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.domain.permissions import MANAGERS, is_animator, manages, require
from core.models import Organisation, Person, Project
from plugins.volunteering.domain import missions
from plugins.volunteering.domain.stances import may_edit
from plugins.volunteering.domain.states import MISSION, WrongState
from plugins.volunteering.forms.missions import MissionForm
from plugins.volunteering.models import Mission
from plugins.volunteering.views.missions import get_mission

MOVES = {"open": missions.open_to_all, "close": missions.close, "finish": missions.finish}
TOLD = {
    "open": _("The mission is open: people can offer their help."),
    "close": _("The mission takes no more applications. Those already sent still wait for your answer."),
    "finish": _("The mission is done."),
}
STATES = {"open": Mission.State.OPEN, "close": Mission.State.CLOSED, "finish": Mission.State.DONE}


def hosts_for(person: Any, project: Project) -> Any:
    """Organisations that may receive volunteers of a project when this person writes: their own, or its owner."""
    mine = Organisation.objects.filter(
        memberships__person=person, memberships__role__in=MANAGERS, memberships__until=None
    )
    if is_animator(person) and project.owner_id:
        mine = mine | Organisation.objects.filter(pk=project.owner_id)
    return mine.filter(status=Organisation.Status.ADMITTED).distinct().order_by("name")


@login_required
@never_cache
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new mission on a project, for those who answer for the project."""
    project = get_object_or_404(
        Project.objects.public().local().select_related("owner", "territory"), slug=slug
    )
    require(manages(request.user, project))
    hosts = hosts_for(request.user, project)
    start = {"host": project.owner_id, "territory": project.territory_id}
    form = MissionForm(request.POST or None, project=project, hosts=hosts, initial=start)
    if request.method == "POST" and form.is_valid():
        mission = missions.draft(
            project=project,
            host=form.cleaned_data["host"],
            by=writer(request),
            language=form.language,
            **form.facts(),
        )
        if "open" in request.POST:
            missions.open_to_all(mission, by=writer(request))
            messages.success(request, TOLD["open"])
        else:
            messages.success(request, gettext("Saved as a draft: only you and your colleagues see it."))
        return redirect(mission)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "volunteering/mission_form.html", {"project": project, "form": form}, status=status
    )


@login_required
@never_cache
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a mission; its texts in the language one reads the site in."""
    mission = get_mission(slug)
    require(may_edit(request.user, mission))
    hosts = Organisation.objects.filter(pk=mission.host_id)
    form = MissionForm(request.POST or None, project=mission.project, hosts=hosts, mission=mission)
    if request.method == "POST" and form.is_valid():
        missions.edit(mission, by=writer(request), **form.facts())
        messages.success(request, gettext("Saved."))
        return redirect(mission)
    status = 422 if request.method == "POST" else 200
    context = {"project": mission.project, "mission": mission, "form": form}
    return render(request, "volunteering/mission_form.html", context, status=status)


@login_required
@never_cache
@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Open, close or end a mission."""
    mission = get_mission(slug)
    require(may_edit(request.user, mission))
    name = request.POST.get("to", "")
    if name not in MOVES:
        raise PermissionDenied
    try:
        MOVES[name](mission, by=writer(request))
    except WrongState:
        messages.error(request, refusal(mission, name))
    else:
        messages.success(request, TOLD[name])
    return redirect(mission)


def refusal(mission: Mission, name: str) -> str:
    """Why a mission cannot be moved."""
    if name == "finish" and STATES[name] in MISSION[mission.state]:
        return gettext("People still wait for your answer: answer them first.")
    if name == "open" and missions.free_places(mission) == 0:
        return gettext("All places are taken: change the mission first so that it seeks more people.")
    return gettext("This was done or changed in the meantime. Please look again.")


def writer(request: HttpRequest) -> Person:
    """The person signed in."""
    assert isinstance(request.user, Person)  # noqa: S101  said by login_required
    return request.user
