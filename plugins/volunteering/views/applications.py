"""The page of an application, for its two sides; and a person's own applications."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from core.models import Person
from plugins.volunteering.domain import applications
from plugins.volunteering.domain.chronograms import chronogram, steps_of
from plugins.volunteering.domain.stances import Stance, stance
from plugins.volunteering.models import Application, PlanStep
from plugins.volunteering.views.allowed import Possible, possible

RELATED = ("mission__host", "mission__territory", "mission__project__territory", "applicant", "engagement")


def find(request: HttpRequest, uid: str, token: str) -> tuple[Application, Stance]:
    """The application and who the reader is to it; 404 for whoever may not know that it exists."""
    rows = Application.objects.select_related(*RELATED).prefetch_related("steps")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    who = stance(request.user, found, token)
    if not who.may_see:
        raise Http404
    return found, who


def address(application: Application, who: Stance, name: str = "", row: int | None = None) -> str:
    """The page of an application or of something to do on it, keeping the private link of who came by one."""
    words: list[Any] = [application.uid, *([who.token] if who.token else [])]
    if not name:
        return reverse("volunteering:private" if who.token else "volunteering:application", args=words)
    view = ("private_act" if who.token else "act") + ("_on" if row is not None else "")
    return reverse(f"volunteering:{view}", args=[*words, name, *([row] if row is not None else [])])


@never_cache
def application(request: HttpRequest, uid: str, token: str = "") -> HttpResponse:
    """Whose turn it is, since when, due when; what was said; what can be done now."""
    if not token and not request.user.is_authenticated:
        return login_required(lambda request: HttpResponse())(request)
    found, who = find(request, uid, token)
    if who.is_volunteer:
        applications.confirm(found)
    steps = [step for step in found.steps.all() if step.state != PlanStep.State.DROPPED]
    engagement = getattr(found, "engagement", None)
    links = Links(found, who)
    context = {
        "application": found,
        "mission": found.mission,
        "who": who,
        "step": found.current_step,
        "chart": chronogram(steps_of(found)),
        "steps": [{"step": step, "todo": links.on("step", step)} for step in steps],
        "engagement": engagement,
        "todo": links.of(),
    }
    if who.may_read_texts:
        hours = list(engagement.hours.all()) if engagement else []
        context |= {
            "notes": found.notes.all(),
            "hours": [{"entry": entry, "todo": links.on("hours", entry)} for entry in hours],
            "minutes": sum(entry.minutes for entry in hours if entry.is_locked),
            "feedback": list(engagement.feedback.all()) if engagement else [],
        }
    return render(request, "volunteering/application.html", context)


class Links:
    """What the reader can do now, with the address of each."""

    def __init__(self, application: Application, who: Stance) -> None:
        self.application, self.who = application, who

    def of(self) -> dict[str, dict[str, Any]]:
        """Actions on the application itself, by name."""
        names = possible(self.application, self.who)
        return {action.name.replace("-", "_"): self._link(action) for action in names}

    def on(self, target: str, row: Any) -> list[dict[str, Any]]:
        """Actions on one of its rows."""
        return [self._link(action, row.pk) for action in possible(self.application, self.who, target, row)]

    def _link(self, action: Possible, row: int | None = None) -> dict[str, Any]:
        url = address(self.application, self.who, action.name, row)
        return {"name": action.name, "url": url, "label": action.label, "at_once": action.at_once}


@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """A person's own applications, newest first, each with whose turn it is."""
    assert isinstance(request.user, Person)  # noqa: S101  said by login_required
    rows = Application.objects.filter(applicant=request.user)
    rows = rows.select_related("mission__host", "mission__project", "applicant").prefetch_related("steps")
    return render(request, "volunteering/mine.html", {"applications": rows.order_by("-pk")[:100]})
