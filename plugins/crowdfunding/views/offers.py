"""Offers as those who answer them see them: the list, one offer, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain import files
from core.domain.permissions import require
from plugins.crowdfunding.domain import days, deeds, in_kind, keyset, lines, offers
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.promise_lives import DAYS, IN_KIND
from plugins.crowdfunding.forms.answering import (
    AcceptForm,
    DeclineForm,
    DoneForm,
    ReceptionForm,
    TransportForm,
)
from plugins.crowdfunding.models import Campaign, DaysOffer, InKindOffer
from plugins.crowdfunding.views.offering import deed_answer

TABLES = {"things": IN_KIND, "days": DAYS}
OPEN = {
    "things": [InKindOffer.State.OFFERED, InKindOffer.State.ACCEPTED, InKindOffer.State.IN_TRANSIT],
    "days": [DaysOffer.State.OFFERED, DaysOffer.State.ACCEPTED],
}
ACTS = {"things": ("accept", "decline", "ship", "receive"), "days": ("accept", "decline", "done")}


def _campaign(request: HttpRequest, slug: str) -> Campaign:
    """The campaign, for who answers its offers; 404 when it is not there, 403 for others."""
    campaign = get_object_or_404(Campaign.objects.shown(), slug=slug)
    require(offers.may_answer(request.user, campaign))
    return campaign


def _rows(kind: str) -> Any:
    if kind == "things":
        rows = InKindOffer.objects.prefetch_related("things__line").select_related("reception_photo")
        return rows.select_related("receiver")
    return DaysOffer.objects.select_related("line")


def _offer(campaign: Campaign, kind: str, uid: str) -> Any:
    if kind not in TABLES:
        raise Http404
    row = get_object_or_404(_rows(kind), campaign=campaign, uid=uid)
    row.campaign = campaign
    return row


@never_cache
@login_required
def offer_list(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Offers that are not at their end, newest first; the others behind a tab."""
    campaign = _campaign(request, slug)
    if kind not in TABLES:
        raise Http404
    over = request.GET.get("state") == "over"
    rows = _rows(kind).filter(campaign=campaign)
    rows = rows.exclude(state__in=OPEN[kind]) if over else rows.filter(state__in=OPEN[kind])
    page = keyset.page(rows, request.GET.get("after"))
    context = {"campaign": campaign, "kind": kind, "page": page, "over": over}
    return render(request, "crowdfunding/offers/list.html", context)


@never_cache
@login_required
def offer(request: HttpRequest, slug: str, kind: str, uid: str) -> HttpResponse:
    """One offer with what can be done."""
    campaign = _campaign(request, slug)
    row = _offer(campaign, kind, uid)
    acts = [act for act in ACTS[kind] if act in TABLES[kind][row.state]]
    context = {"campaign": campaign, "kind": kind, "offer": row, "acts": acts}
    context["has_deed"] = kind == "things" and deeds.is_ready(row)
    return render(request, "crowdfunding/offers/offer.html", context)


def _form(request: HttpRequest, row: Any, act: str) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if act == "accept":
        return AcceptForm(data)
    if act == "decline":
        return DeclineForm(data)
    if act == "ship":
        return TransportForm(data, row)
    if act == "receive":
        return ReceptionForm(data, request.FILES if data is not None else None, row, by=request.user)
    return DoneForm(data, row)


@never_cache
@login_required
def act(request: HttpRequest, slug: str, kind: str, uid: str, act: str) -> HttpResponse:
    """Accept, decline, send on its way, receive, note as done: one page with its form each."""
    campaign = _campaign(request, slug)
    row = _offer(campaign, kind, uid)
    if act not in ACTS[kind]:
        raise Http404
    if act not in TABLES[kind][row.state]:
        messages.error(request, _("This offer is in a state from which that cannot be done."))
        return redirect("crowdfunding:offer_answer", slug, kind, uid)
    form = _form(request, row, act)
    if form.is_bound and form.is_valid() and _done(request, row, kind, act, form):
        return redirect("crowdfunding:offer_answer", slug, kind, uid)
    context = {"campaign": campaign, "kind": kind, "offer": row, "act": act, "form": form}
    return render(request, "crowdfunding/offers/act.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, row: Any, kind: str, act: str, form: Any) -> bool:
    """Do it; False with the reason on the form."""
    try:
        DO[kind, act](row, form, request.user)
    except NotPossible:
        messages.error(request, _("This offer is in a state from which that cannot be done."))
    except lines.Overfunded as error:
        form.warn(excess_words(error.bar))
        return False
    else:
        messages.success(request, _("Done. Who offered is told."))
    return True


def excess_words(bar: lines.Bar) -> str:
    """By how much a line gets more than it needs, and from whom (D16)."""
    who = "; ".join(payer_words(payer, bar) for payer in bar.payers)
    return _(
        "With this, “%(line)s” gets %(excess)s more than the %(size)s it needs. What is promised: %(who)s."
    ) % {"line": bar.line, "excess": bar.words(bar.excess), "size": bar.words(bar.size), "who": who}


def payer_words(payer: lines.Payer, bar: lines.Bar) -> str:
    """One payer with its part."""
    size = bar.words(payer.size)
    if payer.kind == "share":
        return f"{payer.who}, {size}"
    if payer.campaign is not None:
        return f"{payer.campaign.title}, {size}"
    state = InKindOffer.State if payer.kind == "in_kind" else DaysOffer.State
    return f"{size} ({state(payer.state).label})"


Act = Callable[[Any, Any, Any], object]
DO: dict[tuple[str, str], Act] = {
    ("things", "accept"): lambda row, form, by: in_kind.accept(
        row, form.cleaned_data["sentence"], by=by, despite=form.cleaned_data["despite"]
    ),
    ("things", "decline"): lambda row, form, by: in_kind.decline(row, form.cleaned_data["sentence"], by=by),
    ("things", "ship"): lambda row, form, by: in_kind.ship(row, form.transport, by=by),
    ("things", "receive"): lambda row, form, by: in_kind.receive(row, form.reception, by=by),
    ("days", "accept"): lambda row, form, by: days.accept(
        row, form.cleaned_data["sentence"], by=by, despite=form.cleaned_data["despite"]
    ),
    ("days", "decline"): lambda row, form, by: days.decline(row, form.cleaned_data["sentence"], by=by),
    ("days", "done"): lambda row, form, by: days.done(
        row, form.cleaned_data["days"], form.cleaned_data["on"], by=by
    ),
}


@never_cache
@login_required
@require_safe
def deed(request: HttpRequest, slug: str, uid: str, language: str) -> HttpResponse:
    """The deed of gift as PDF, for who receives."""
    campaign = _campaign(request, slug)
    return deed_answer(_offer(campaign, "things", uid), language)


@never_cache
@login_required
@require_safe
def photo(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """What arrived, as a picture, for who received it."""
    row = _offer(_campaign(request, slug), "things", uid)
    if row.reception_photo is None:
        raise Http404
    return files.answer(row.reception_photo)
