"""Answering an application from an e-mail: one click, one page to confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from core.models import Person
from plugins.volunteering.domain import applications
from plugins.volunteering.domain.stances import runs
from plugins.volunteering.domain.states import WrongState
from plugins.volunteering.forms.applications import ConfirmForm, DeclineForm
from plugins.volunteering.models import Application
from plugins.volunteering.models.links import read_answer_token

CHOICES = ("accept", "shortlist", "decline")


@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Read the offer and answer it in the name of the manager to whom the link was mailed.

    The link says who; that they still manage the host is asked again each time.
    """
    try:
        uid, person_uid = read_answer_token(token)
    except signing.SignatureExpired:
        return render(request, "volunteering/answer_expired.html", status=410)
    except (signing.BadSignature, ValueError, TypeError):
        return render(request, "volunteering/answer_expired.html", status=404)
    application = (
        Application.objects.select_related(
            "mission__host", "mission__project", "mission__territory", "applicant"
        )
        .prefetch_related("steps", "notes")
        .filter(uid=uid)
        .first()
    )
    person = Person.objects.filter(uid=person_uid, is_active=True).first()
    if application is None or person is None or not runs(person, application.mission):
        return redirect("volunteering:application", uid=uid)
    if not application.is_waiting:
        return show(request, application, person, token)
    if request.method == "POST":
        return decide(request, application, person, token)
    return show(request, application, person, token)


def decide(request: HttpRequest, application: Application, person: Person, token: str) -> HttpResponse:
    """Do what was chosen, or say what is missing with the form still filled."""
    choice = request.POST.get("choice", "")
    form = DeclineForm(request.POST) if choice == "decline" else ConfirmForm(request.POST)
    if choice not in CHOICES:
        form.add_error(None, gettext("Choose one of the three answers."))
    elif form.is_valid():
        try:
            run(choice, application, person, form.cleaned_data)
        except WrongState:
            form.add_error(None, gettext("This was done or changed in the meantime. Please look again."))
        except applications.MissionFull:
            form.add_error(
                None,
                gettext("All places are taken. Raise the number of people on the mission to take one more."),
            )
        else:
            messages.success(request, gettext("Your answer was sent."))
            return redirect("volunteering:answer", token=token)
    application.refresh_from_db()
    return show(request, application, person, token, form=form, status=422)


def run(choice: str, application: Application, person: Person, data: dict[str, Any]) -> None:
    """The domain's function for a choice."""
    if choice == "accept":
        applications.accept(application, by=person)
    elif choice == "shortlist":
        applications.shortlist(application, by=person)
    else:
        applications.decline(application, by=person, reason=data["reason"])


def show(
    request: HttpRequest,
    application: Application,
    person: Person,
    token: str,
    *,
    form: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The offer with its three answers, or what was answered already."""
    context = {
        "application": application,
        "mission": application.mission,
        "person": person,
        "step": application.current_step,
        "form": form if isinstance(form, DeclineForm) else DeclineForm(),
        "errors": form.non_field_errors() if form is not None else [],
        "may_shortlist": application.state == Application.State.SENT,
        "declining": isinstance(form, DeclineForm),
    }
    return render(request, "volunteering/answer.html", context, status=status)
