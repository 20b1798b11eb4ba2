"""Doing something on an application: a page with its form, or a button that needs none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core.models import Person
from plugins.volunteering.domain import applications, engagements, plans
from plugins.volunteering.domain.stances import Stance
from plugins.volunteering.domain.states import WrongState
from plugins.volunteering.forms import applications as typed
from plugins.volunteering.models import Application, HoursEntry, PlanStep
from plugins.volunteering.views.allowed import ACTIONS
from plugins.volunteering.views.applications import address, find


@dataclass(frozen=True)
class Case:
    """What an action works on."""

    application: Application
    who: Stance
    row: Any = None

    @property
    def person(self) -> Person | None:
        return self.who.person


@dataclass(frozen=True)
class Doing:
    """How an action is done: its form, the domain's function, and what the reader is told afterwards."""

    form: type[forms.Form]
    run: Callable[[Case, Any], Any]
    told: Any
    hint: Any = ""
    danger: bool = False
    start: Callable[[Case], dict[str, Any]] = lambda case: {}


def _log(case: Case, form: Any) -> None:
    data = form.cleaned_data
    engagements.log_hours(
        case.application.engagement, by=case.person, day=data["day"], minutes=form.minutes, text=data["text"]
    )


def _change(case: Case, form: Any) -> None:
    data = form.cleaned_data
    engagements.change_hours(case.row, day=data["day"], minutes=form.minutes, text=data["text"])


def _hours(case: Case) -> dict[str, Any]:
    return {"initial": {"day": case.row.day, "hours": case.row.minutes / 60, "text": case.row.text}}


DOINGS: dict[str, Doing] = {
    "accept": Doing(
        typed.ConfirmForm,
        lambda case, form: applications.accept(case.application, by=case.person),
        _("Accepted. The volunteer is told, and the plan is laid."),
        _("A shared plan begins: the first step, agreeing on the dates, is yours within 7 days."),
    ),
    "shortlist": Doing(
        typed.ConfirmForm,
        lambda case, form: applications.shortlist(case.application, by=case.person),
        _("On the shortlist. You promised a decision within 7 days."),
        _("The person is told that a decision follows within 7 days."),
    ),
    "decline": Doing(
        typed.DeclineForm,
        lambda case, form: applications.decline(case.application, by=case.person, **form.cleaned_data),
        _("The person is told, with your reason and similar missions."),
        danger=True,
    ),
    "withdraw": Doing(
        typed.OptionalReasonForm,
        lambda case, form: applications.withdraw(case.application, **form.cleaned_data),
        _("Your offer is withdrawn and the organisation is told."),
        danger=True,
    ),
    "again": Doing(
        typed.AgainForm,
        lambda case, form: applications.apply_again(case.application, **form.cleaned_data),
        _("Your offer was sent again."),
        start=lambda case: {"initial": {"message": case.application.message}},
    ),
    "note": Doing(
        typed.NoteForm,
        lambda case, form: applications.leave_note(
            case.application, side=case.who.side, by=case.person, **form.cleaned_data
        ),
        _("Your note was sent."),
    ),
    "add-step": Doing(
        typed.StepForm,
        lambda case, form: plans.add_step(case.application, by=case.person, **form.cleaned_data),
        _("The step is in the plan."),
    ),
    "finish": Doing(
        typed.ConfirmForm,
        lambda case, form: engagements.finish(case.application.engagement, by=case.person),
        _("Thank you. One step is left: to tell the volunteer what became of it."),
        _("The remaining steps close; one stays: to tell the volunteer, later, what became of it."),
    ),
    "stop": Doing(
        typed.ReasonForm,
        lambda case, form: engagements.stop(case.application.engagement, by=case.person, **form.cleaned_data),
        _("Stopped. The other side is told."),
        danger=True,
    ),
    "log-hours": Doing(typed.HoursForm, _log, _("Logged. The organisation confirms them.")),
    "feedback": Doing(
        typed.FeedbackForm,
        lambda case, form: engagements.give_feedback(
            case.application.engagement, side=case.who.side, by=case.person, **form.cleaned_data
        ),
        _("Thank you, the other side can read it now."),
        _("Only the two sides read it. It can be given once."),
    ),
    "done": Doing(
        typed.ConfirmForm,
        lambda case, form: plans.complete(case.row, by=case.person),
        _("Done. The turn has moved."),
    ),
    "hand-over": Doing(
        typed.DueForm,
        lambda case, form: plans.hand_over(case.row, by=case.person, **form.cleaned_data),
        _("Handed over. The other side is told."),
        _("The other side becomes the owner of this step. Until when?"),
        start=lambda case: {"initial": {"due": max(case.row.due, plans.in_days(plans_week()))}},
    ),
    "edit-step": Doing(
        typed.EditStepForm,
        lambda case, form: plans.edit_step(case.row, by=case.person, **form.cleaned_data),
        _("The step is changed."),
        start=lambda case: {"step": case.row},
    ),
    "drop-step": Doing(
        typed.ConfirmForm,
        lambda case, form: plans.drop(case.row, by=case.person),
        _("The step is out of the plan."),
        danger=True,
    ),
    "confirm-hours": Doing(
        typed.ConfirmForm,
        lambda case, form: engagements.confirm_hours(case.row, by=case.person),
        _("Confirmed. These hours are locked now."),
        _("Once confirmed, hours cannot be changed."),
    ),
    "refuse-hours": Doing(
        typed.ReasonForm,
        lambda case, form: engagements.refuse_hours(case.row, by=case.person, **form.cleaned_data),
        _("The volunteer is told and may correct them."),
    ),
    "change-hours": Doing(
        typed.HoursForm, _change, _("Corrected. They wait for confirmation."), start=_hours
    ),
    "remove-hours": Doing(
        typed.ConfirmForm, lambda case, form: engagements.remove_hours(case.row), _("Removed."), danger=True
    ),
}


def plans_week() -> Any:
    """The delay proposed when a step changes hands."""
    from plugins.volunteering.domain.states import AGREE_WITHIN

    return AGREE_WITHIN


@never_cache
def act(request: HttpRequest, uid: str, name: str, row: int | None = None, token: str = "") -> HttpResponse:
    """One action: its form on GET, its doing on POST; 404 for strangers, 403 for what is not theirs to do."""
    if not token and not request.user.is_authenticated:
        return login_required(lambda request: HttpResponse())(request)
    action, doing = ACTIONS.get(name), DOINGS.get(name)
    if action is None or doing is None or (row is None) != (action.target == "application"):
        raise Http404
    application, who = find(request, uid, token)
    case = Case(application, who, row_of(application, action.target, row))
    home = address(application, who)
    if not action.rule(application, who, case.row):
        return refuse(request, case, name, home)
    form = doing.form(request.POST if request.method == "POST" else None, **doing.start(case))
    status = 200
    if request.method == "POST":
        if form.is_valid() and do(doing, case, form):
            messages.success(request, doing.told)
            return redirect(home)
        status = 422
    context = {
        "application": application,
        "mission": application.mission,
        "who": who,
        "deed": action,
        "doing": doing,
        "form": form,
        "row": case.row,
        "home": home,
    }
    return render(request, "volunteering/action.html", context, status=status)


def do(doing: Doing, case: Case, form: forms.Form) -> bool:
    """Run the domain's function; what it refuses becomes a sentence on the form."""
    try:
        doing.run(case, form)
    except (WrongState, engagements.HoursLocked, engagements.AlreadySaid):
        form.add_error(
            None, gettext("This was done or changed in the meantime. Please go back and look again.")
        )
    except applications.MissionFull:
        form.add_error(
            None, gettext("All places are taken. Raise the number of people on the mission to take one more.")
        )
    except applications.NotOpen:
        form.add_error(None, gettext("The mission takes no applications any more."))
    except applications.ReasonMissing:
        form.add_error(None, gettext("Please write a few words."))
    except plans.NotInPlan:
        form.add_error(None, gettext("The step needs words and a day that has not passed."))
    except engagements.NotADay:
        form.add_error(None, gettext("A day has 24 hours at most, and it must have come already."))
    else:
        return True
    return False


def row_of(application: Application, target: str, row: int | None) -> Any:
    """The step or hours that an action is about; 404 for one of another application."""
    if target == "application":
        return None
    rows: Any = (
        application.steps.all()
        if target == "step"
        else HoursEntry.objects.filter(engagement__application=application)
    )
    found = next((one for one in rows if one.pk == row), None)
    if found is None:
        raise Http404
    if isinstance(found, PlanStep):
        found.application = application
    else:
        found.engagement = application.engagement
    return found


def refuse(request: HttpRequest, case: Case, name: str, home: str) -> HttpResponse:
    """Not now: back to the page for a side that could have done it; not you: 403."""
    if not case.who.is_party:
        raise PermissionDenied
    theirs = {"accept", "shortlist", "decline", "finish", "confirm-hours", "refuse-hours"}
    if (name in theirs) != case.who.is_host and name not in SHARED:
        raise PermissionDenied
    messages.warning(request, gettext("This was done or changed in the meantime. Please look again."))
    return redirect(home)


SHARED = frozenset({"note", "add-step", "stop", "feedback", "done", "hand-over", "edit-step", "drop-step"})
