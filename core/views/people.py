"""Signing in, and what a person sees and decides about themselves."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.contract import SubjectRef
from core.domain import confirmations, moderation, notices, people, proposals
from core.forms.people import EraseForm, NoticesForm, ProfileForm, SignInForm
from core.models import Membership, Person, Project
from core.registry import registry
from core.views import limits
from core.views.addresses import next_page, posted
from core.views.codes import SIGN_IN


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """One field for everyone: who is new here gets an account by the same code."""
    then = next_page(request)
    if request.user.is_authenticated:
        return redirect(then or "account")
    form = SignInForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and limits.too_often(request, "sign_in"):
            form.add_error(None, limits.sentence())
            status = 429
        elif form.is_valid():
            try:
                confirmation = confirmations.start(
                    SIGN_IN, form.cleaned_data["email"], language=get_language() or "fr", next=then
                )
            except confirmations.TooManyCodes:
                sentence = _(
                    "This address was sent several codes already. Look in the unwanted mail, or wait an hour."
                )
                form.add_error("email", sentence)
                status = 429
            else:
                return redirect("code", confirmation.uid)
    return render(request, "core/account/sign_in.html", {"form": form, "next": then}, status=status)


def sign_up(request: HttpRequest) -> HttpResponse:
    """The same door as signing in."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{reverse('account_login')}?{query}" if query else "account_login")


@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Name, language, roles, ideas, and the ways to more."""
    person: Person = request.user
    form = ProfileForm(posted(request), instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is up to date."))
        return redirect("account")
    status = 400 if form.errors else 200
    person.refresh_from_db()
    memberships = Membership.objects.filter(person=person, until=None).select_related("organisation")
    context = {
        "form": form,
        "memberships": list(memberships.order_by("organisation__name", "role")),
        "ideas": Project.objects.filter(proposer=person).order_by("-pk")[:20],
        "follows": followed(person),
        "moderates": moderation.moderates(person),
        "mine": proposals.MINE,
    }
    return render(request, "core/account/account.html", context, status=status)


def followed(person: Person) -> list[object]:
    """The subjects the person follows, newest first, twenty at most."""
    refs = [SubjectRef(row.subject_type, row.subject_key) for row in person.follows.order_by("-pk")[:20]]
    subjects = registry.resolve(refs)
    return [subjects[ref] for ref in refs if ref in subjects and subjects[ref].is_public]


@login_required
@never_cache
def notice_preferences(request: HttpRequest) -> HttpResponse:
    """Which happenings reach the person by e-mail."""
    refused = set(request.user.notice_preferences.values_list("verb", flat=True))
    form = NoticesForm(posted(request), refused=refused)
    if request.method == "POST" and form.is_valid():
        notices.set_refused(request.user, form.refused)
        messages.success(request, _("Your choice is kept."))
        return redirect("account")
    return render(request, "core/account/notices.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Everything the site holds about the person, as one JSON file."""
    body = json.dumps(people.describe(request.user), ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Asks for the address as confirmation, then forgets the person."""
    form = EraseForm(posted(request), person=request.user)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                people.erase(request.user)
            except people.NobodyLeft as error:
                sentence = _("You are the last manager of %(names)s. Hand over first, then come back.")
                form.add_error(None, sentence % {"names": ", ".join(error.names)})
            else:
                logout(request)
                messages.success(
                    request,
                    _("Your account is erased. What you gave to the community stays, without your name."),
                )
                return redirect("home")
    return render(request, "core/account/erase.html", {"form": form}, status=status)
