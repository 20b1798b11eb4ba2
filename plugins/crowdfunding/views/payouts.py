"""Money on its way: what a collector passes on, what a receiver confirms, and the proof."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from moneyed import Money

from core import dates
from core.domain import files
from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import collectors, funds, keyset, payouts
from plugins.crowdfunding.domain.lifecycles import PAYOUT, NotPossible
from plugins.crowdfunding.domain.traces import rate_text
from plugins.crowdfunding.forms.amounts import shown
from plugins.crowdfunding.forms.payouts import ArrivalForm, PayoutForm, ReturnForm
from plugins.crowdfunding.models import Campaign, Payout

LISTED = 20


def step_of(request: HttpRequest, form: Any) -> str:
    """Where a form with confirmation stands: ``ask`` to confirm, ``do`` it, or ``form`` to (re)fill it."""
    if request.method != "POST" or not form.is_valid():
        return "form"
    return {"do": "do", "change": "form"}.get(request.POST.get("step", ""), "ask")


def organisation_of(request: HttpRequest, slug: str) -> tuple[Organisation, bool]:
    """The organisation and whether the person keeps its accounts; 403 for who neither keeps nor manages them."""
    organisation = get_object_or_404(Organisation, slug=slug)
    keeps = collectors.may_keep(request.user, organisation)
    require(keeps or payouts.may_confirm(request.user, organisation))
    return organisation, keeps


def _words(value: Any) -> str:
    """An amount, a day or a text as the reader sees it."""
    if isinstance(value, Money):
        return shown(value)
    return dates.text(value, "d MMMM y") if isinstance(value, date) else str(value)


def confirm_page(
    request: HttpRequest, form: Any, facts: list[tuple[Any, Any]], sentence: str, back: str
) -> HttpResponse:
    """What will be done, in words, with the form's values hidden below."""
    said = [(label, _words(value)) for label, value in facts if value]
    context = {"form": form, "facts": said, "sentence": sentence, "back": back}
    return render(request, "crowdfunding/money_confirm.html", context)


@never_cache
@login_required
@require_safe
def payout_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Transfers the organisation sent or is to receive, newest first."""
    organisation, keeps = organisation_of(request, slug)
    rows = Payout.objects.filter(Q(collector=organisation) | Q(receiver=organisation))
    page = keyset.page(
        rows.select_related("campaign", "collector", "receiver", "proof"), request.GET.get("after")
    )
    sending = Campaign.objects.filter(collector=organisation).exclude(receiver=organisation)
    candidates = sending.select_related("receiver").order_by("-pk")[: LISTED * 2] if keeps else []
    context = {
        "organisation": organisation,
        "keeps": keeps,
        "page": page,
        "campaigns": [row for row in candidates if payouts.can_pass_on(row)][:LISTED],
        "acts": PAYOUT,
    }
    return render(request, "crowdfunding/payouts.html", context)


@never_cache
@login_required
def payout_new(request: HttpRequest, slug: str, campaign: str) -> HttpResponse:
    """Enter a transfer that left the bank; asks to confirm."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    rows = Campaign.objects.select_related("project", "collector", "receiver")
    row = get_object_or_404(rows, slug=campaign, collector=organisation)
    if not payouts.can_pass_on(row):
        messages.error(request, _("Nothing of this campaign can be passed on now."))
        return redirect("crowdfunding:payouts", slug)
    posted = request.method == "POST"
    form = PayoutForm(
        row, request.POST if posted else None, request.FILES if posted else None, by=request.user
    )
    answer = step_of(request, form)
    if answer == "do" and (made := _sent(request, row, form)) is not None:
        return made
    there = funds.of_campaign(row)
    if answer == "ask" and not form.errors:
        data = form.cleaned_data
        facts = [
            (_("Campaign"), row.title),
            (_("To"), row.receiver),
            (_("Amount sent"), data["amount"]),
            (_("Fee of your bank"), data["fee"]),
            (_("Day"), data["sent_on"]),
            (_("Proof"), form.kept_file),
        ]
        sentence = _(
            "This is written in the public ledger, where it can be corrected but never deleted. The receiver is asked to confirm."
        )
        return confirm_page(request, form, facts, sentence, request.path)
    context = {"organisation": organisation, "campaign": row, "form": form, "there": there}
    return render(request, "crowdfunding/payout_form.html", context, status=422 if form.errors else 200)


def _sent(request: HttpRequest, row: Campaign, form: PayoutForm) -> HttpResponse | None:
    """Back to the list when it was booked; None with the reason on the form."""
    data = form.cleaned_data
    sent = payouts.Transfer(data["amount"], data["fee"], data["sent_on"], form.kept_file)
    try:
        payouts.send(row, sent, by=request.user, form_key=data["form_key"])
    except funds.NotEnough as error:
        form.add_error("amount", _("Only %(there)s can be passed on now.") % {"there": shown(error.there)})
    except payouts.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another transfer. Send it again to enter this one too.")
        )
    except payouts.NothingToPassOn:
        form.add_error(None, _("Nothing of this campaign can be passed on now."))
    else:
        messages.success(request, _("The transfer is entered; it waits for the receiver to confirm it."))
        return redirect("crowdfunding:payouts", row.collector.slug)
    return None


def _payout(slug: str, uid: str) -> Payout:
    rows = Payout.objects.filter(Q(collector__slug=slug) | Q(receiver__slug=slug))
    return get_object_or_404(
        rows.select_related("campaign__project", "collector", "receiver", "proof"), uid=uid
    )


@never_cache
@login_required
def payout_arrived(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """The receiver says what arrived; asks to confirm, with the rate it makes."""
    row = _payout(slug, uid)
    require(payouts.may_confirm(request.user, row.receiver))
    if "arrive" not in PAYOUT[row.state]:
        messages.warning(request, _("This transfer no longer waits; its state is written below."))
        return redirect("crowdfunding:payouts", slug)
    form = ArrivalForm(row, request.POST if request.method == "POST" else None)
    answer = step_of(request, form)
    if answer == "do":
        data = form.cleaned_data
        try:
            payouts.confirm(row, data["amount"], arrived_on=data["arrived_on"], by=request.user)
        except NotPossible:
            messages.warning(request, _("This transfer no longer waits; its state is written below."))
        else:
            messages.success(request, _("Confirmed. Thank you: donors see it now."))
        return redirect("crowdfunding:payouts", slug)
    if answer == "ask":
        return _ask_arrival(request, row, form)
    context = {"organisation": row.receiver, "payout": row, "form": form}
    return render(request, "crowdfunding/payout_arrived.html", context, status=422 if form.errors else 200)


def _ask_arrival(request: HttpRequest, row: Payout, form: ArrivalForm) -> HttpResponse:
    data = form.cleaned_data
    amount = data["amount"]
    made = Payout(
        state=Payout.State.ARRIVED,
        currency=row.currency,
        amount_minor=row.amount_minor,
        arrived_currency=amount.currency.code,
        arrived_minor=int(amount.amount * amount.currency.sub_unit),
    )
    facts = [
        (_("Amount sent"), row.amount),
        (_("Amount that arrived"), amount),
        (_("Rate"), rate_text(made.rate) if made.rate else ""),
        (_("Day it arrived"), data["arrived_on"]),
    ]
    sentence = _("Check the rate: a digit too many shows there. This is written in the public ledger.")
    return confirm_page(request, form, facts, sentence, request.path)


@never_cache
@login_required
def payout_act(request: HttpRequest, slug: str, uid: str, act: str) -> HttpResponse:
    """A transfer came back, was entered by mistake, or was confirmed wrongly; the page itself asks to confirm."""
    row = _payout(slug, uid)
    if act not in {"return", "undo", "correct"}:
        raise Http404
    receiving = act == "correct"
    require(
        payouts.may_confirm(request.user, row.receiver)
        if receiving
        else collectors.may_keep(request.user, row.collector)
    )
    posted = request.method == "POST"
    form = ReturnForm(row, request.POST if posted else None) if act == "return" else None
    if posted and (form is None or form.is_valid()):
        return _acted(request, row, act, form)
    status = 422 if form is not None and form.errors else 200
    context = {
        "payout": row,
        "act": act,
        "form": form,
        "organisation": row.receiver if receiving else row.collector,
    }
    return render(request, "crowdfunding/payout_act.html", context, status=status)


def _acted(request: HttpRequest, row: Payout, act: str, form: ReturnForm | None) -> HttpResponse:
    try:
        if act == "return" and form is not None:
            back = form.cleaned_data.get("fee_back", False)
            payouts.returned(row, on=form.cleaned_data["on"], fee_back=back, by=request.user)
        elif act == "undo":
            payouts.undo(row, by=request.user)
        else:
            payouts.correct(row, by=request.user)
    except NotPossible:
        messages.warning(request, _("This transfer is in a state from which that cannot be done."))
    except funds.NotEnough:
        messages.error(request, _("This money was spent already. Undo the expense first."))
    else:
        messages.success(request, _("Done: a correction is written in the ledger, nothing was deleted."))
    side = row.receiver if act == "correct" else row.collector
    return redirect("crowdfunding:payouts", side.slug)


@never_cache
@login_required
@require_safe
def payout_proof(request: HttpRequest, uid: str) -> HttpResponse:
    """The bank's paper, for both sides."""
    rows = Payout.objects.select_related("collector", "receiver", "proof")
    row = get_object_or_404(rows, uid=uid, proof__isnull=False)
    require(payouts.may_see_proof(request.user, row))
    return files.answer(row.proof)
