"""Offering things or days as a guest: one form, then a private page where the offer stands in words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain import budgets, files
from core.models import Person
from plugins.crowdfunding.domain import days, deeds, in_kind, offers
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.promise_lives import DAYS, IN_KIND
from plugins.crowdfunding.forms.offers import DaysForm, DeedForm, ThingsForm
from plugins.crowdfunding.models import Campaign, DaysOffer, InKindOffer
from plugins.crowdfunding.views.limits import too_many

Maker = Callable[[Campaign, offers.Giver, Any], InKindOffer | DaysOffer]
TEMPLATES = {ThingsForm: "crowdfunding/offers/things.html", DaysForm: "crowdfunding/offers/days.html"}
SHOWN = ("campaign__project", "campaign__tally", "campaign__collector", "campaign__receiver", "receiver")


def _campaign(slug: str) -> Campaign:
    return get_object_or_404(Campaign.objects.public().shown(), slug=slug)


def _start(request: HttpRequest) -> dict[str, Any]:
    person = request.user
    return {"email": person.email, "name": person.name} if isinstance(person, Person) else {}


def _giver(request: HttpRequest, data: dict[str, Any]) -> offers.Giver:
    person = request.user if isinstance(request.user, Person) else None
    facts = {name: data[name] for name in ("email", "name", "town", "message")}
    return offers.Giver(**facts, language=get_language() or "fr", person=person)


def _closed(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    return render(request, "crowdfunding/offers/not_taking.html", {"campaign": campaign}, status=status)


@never_cache
def offer_things(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of an offer in kind; sent, it leads to its private page."""
    return _offer(request, slug, ThingsForm, _make_things)


@never_cache
def offer_days(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of an offer of days of work."""
    return _offer(request, slug, DaysForm, _make_days)


def _offer(request: HttpRequest, slug: str, kind: type[ThingsForm | DaysForm], make: Maker) -> HttpResponse:
    """Ask, check and make one offer of a kind."""
    campaign = _campaign(slug)
    if not offers.takes(campaign):
        return _closed(request, campaign)
    data = request.POST if request.method == "POST" else None
    asked, lines = str(request.GET.get("line", "")), budgets.of_project(campaign.project)
    form = kind(data, lines, line=asked, initial=_start(request))
    if form.is_valid() and (made := _made(request, campaign, form, make)) is not None:
        return redirect(made)
    context = {"form": form, "campaign": campaign}
    return render(request, TEMPLATES[kind], context, status=422 if form.errors else 200)


def _made(
    request: HttpRequest, campaign: Campaign, form: ThingsForm | DaysForm, make: Maker
) -> InKindOffer | DaysOffer | None:
    """The offer of a valid form; None when it could not be made: the form then says why."""
    if too_many(request, "offer", email=form.cleaned_data["email"]):
        form.add_error(None, _("Too many offers came from here in the last hour. Please try again later."))
        return None
    try:
        return make(campaign, _giver(request, form.cleaned_data), form)
    except offers.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("You already sent another offer with this form. Send it again to make a new one.")
        )
    except offers.NotTaking:
        form.add_error(None, _("This campaign takes no more offers."))
    return None


def _make_things(campaign: Campaign, giver: offers.Giver, form: ThingsForm) -> InKindOffer:
    facts = {name: form.cleaned_data[name] for name in ("form_key", "currency", "pickup")}
    return in_kind.offer(campaign, giver, form.things, **facts)


def _make_days(campaign: Campaign, giver: offers.Giver, form: DaysForm) -> DaysOffer:
    facts = {name: form.cleaned_data[name] for name in ("group", "days", "when", "form_key")}
    return days.offer(campaign, giver, line=form.line, **facts)


def _things(token: str) -> InKindOffer:
    rows = InKindOffer.objects.select_related(*SHOWN, "reception_photo").prefetch_related("things__line")
    return get_object_or_404(rows, token=token)


def _days(token: str) -> DaysOffer:
    rows = DaysOffer.objects.select_related(*SHOWN[:-1], "line")
    return get_object_or_404(rows, token=token)


def _private(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"crowdfunding/offers/{template}", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@require_safe
def things(request: HttpRequest, token: str) -> HttpResponse:
    """Where an offer of things stands, whose turn it is, its deed. Reached by the private link alone."""
    row = _things(token)
    context = {
        "offer": row,
        "campaign": row.campaign,
        "may_withdraw": "withdraw" in IN_KIND[row.state],
        "has_deed": deeds.is_ready(row),
    }
    return _private(request, "thing.html", context)


@never_cache
@require_safe
def work(request: HttpRequest, token: str) -> HttpResponse:
    """Where an offer of days stands. Reached by the private link alone."""
    row = _days(token)
    context = {"offer": row, "campaign": row.campaign, "may_withdraw": "withdraw" in DAYS[row.state]}
    return _private(request, "work.html", context)


@never_cache
def withdraw_things(request: HttpRequest, token: str) -> HttpResponse:
    """Take an offer of things back, after confirming."""
    return _withdraw(request, _things(token), "withdraw" in IN_KIND[_things(token).state], in_kind.withdraw)


@never_cache
def withdraw_days(request: HttpRequest, token: str) -> HttpResponse:
    """Take an offer of days back, after confirming."""
    return _withdraw(request, _days(token), "withdraw" in DAYS[_days(token).state], days.withdraw)


def _withdraw(request: HttpRequest, row: Any, may: bool, act: Any) -> HttpResponse:
    if request.method == "POST":
        try:
            act(row)
        except NotPossible:
            messages.error(request, _("This offer can no longer be taken back; its state is written below."))
        else:
            messages.success(request, _("Your offer is taken back. Thank you for telling us."))
        return redirect(row)
    if not may:
        return redirect(row)
    return _private(request, "withdraw.html", {"offer": row, "campaign": row.campaign})


@never_cache
def deed_party(request: HttpRequest, token: str) -> HttpResponse:
    """Who gives, as the deed of gift names it."""
    row = _things(token)
    if not deeds.is_ready(row):
        return redirect(row)
    form = DeedForm(request.POST if request.method == "POST" else None, row)
    if form.is_valid():
        with suppress(deeds.NoDeed):  # taken back meanwhile: the page says so
            deeds.name_giver(row, **form.cleaned_data)
            messages.success(request, _("The deed of gift names you so."))
        return redirect(row)
    context = {"form": form, "offer": row, "campaign": row.campaign}
    return _private(request, "deed_party.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def deed(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """The deed of gift as PDF, for who gives."""
    return deed_answer(_things(token), language)


def deed_answer(row: InKindOffer, language: str) -> HttpResponse:
    """The deed as a file to save, in French or Arabic; 404 before the offer is accepted."""
    if language not in deeds.LANGUAGES or not deeds.is_ready(row):
        raise Http404
    return files.attachment(deeds.printed(row, language), files.PDF, deeds.file_name(row, language))


@never_cache
@require_safe
def reception_photo(request: HttpRequest, token: str) -> HttpResponse:
    """What arrived, as a picture, for who gave it."""
    row = _things(token)
    if row.reception_photo is None:
        raise Http404
    return files.answer(row.reception_photo)
