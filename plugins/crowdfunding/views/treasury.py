"""The treasurer's pages: promises that wait, money that came, entries undone, bank details."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import (
    cash,
    collectors,
    deposits,
    funds,
    keyset,
    payments,
    pledges,
    search,
)
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.treasury import CollectorForm, CounterForm, ReceiptForm, UndoForm
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import CashGift, CollectorSettings, Payment, Pledge
from plugins.crowdfunding.views.cash import declared, waits_sentence


def _kept(request: HttpRequest, slug: str) -> Organisation:
    """The organisation, when the person keeps its accounts; else 403."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    return organisation


def _answer(request: HttpRequest, form: forms.Form) -> str:
    """Where a form with confirmation stands: ``ask`` to confirm, ``do`` it, or ``form`` to (re)fill it."""
    if request.method != "POST" or not form.is_valid():
        return "form"
    return {"do": "do", "change": "form"}.get(request.POST.get("step", ""), "ask")


def _show(
    request: HttpRequest, template: str, form: forms.Form, answer: str, context: dict[str, Any]
) -> HttpResponse:
    """The form or its confirmation; 422 when the form has errors."""
    name = "crowdfunding/treasury_confirm.html" if answer == "ask" else f"crowdfunding/{template}.html"
    return render(request, name, {**context, "form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The treasuries of the person; straight to it when there is one."""
    kept = collectors.treasuries(request.user)
    require(bool(kept))
    if len(kept) == 1:
        return redirect("crowdfunding:treasury", kept[0].slug)
    return render(request, "crowdfunding/treasuries.html", {"treasuries": kept})


@never_cache
@login_required
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """Promises that wait for their money, or with ``?ended=1`` those cancelled or expired; searched by anything."""
    organisation, ended = _kept(request, slug), request.GET.get("ended") == "1"
    states = [Pledge.State.CANCELLED, Pledge.State.EXPIRED] if ended else [Pledge.State.PLEDGED]
    rows = Pledge.objects.filter(collector=organisation, state__in=states).select_related("campaign")
    query = search.clean(request.GET.get("q", ""))
    page = keyset.page(search.pledges(rows, query), request.GET.get("after"))
    account = CollectorSettings.objects.filter(organisation=organisation).first()
    context = {"organisation": organisation, "page": page, "q": query, "ended": ended, "account": account}
    return render(request, "crowdfunding/treasury.html", context)


@never_cache
@login_required
def payments_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Money that came, newest entry first, each with its way to undo it."""
    organisation = _kept(request, slug)
    rows = Payment.objects.filter(collector=organisation).exclude(received_on=None)
    rows = rows.select_related("pledge__campaign", "recorded_by")
    query = search.clean(request.GET.get("q", ""))
    page = keyset.page(search.payments(rows, query), request.GET.get("after"))
    context = {"organisation": organisation, "page": page, "q": query}
    return render(request, "crowdfunding/treasury_received.html", context)


@never_cache
@login_required
def receive(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Mark a promise received, with what really came; asks to confirm."""
    organisation = _kept(request, slug)
    row = get_object_or_404(Pledge.objects.select_related("campaign"), collector=organisation, uid=uid)
    if row.state == Pledge.State.RECEIVED:
        messages.warning(request, _("This promise is already marked received."))
        return redirect("crowdfunding:treasury_received", slug)
    form = ReceiptForm(
        request.POST if request.method == "POST" else None,
        currency=row.currency,
        amount=row.amount,
        channel=row.channel,
    )
    answer = _answer(request, form)
    if answer == "do" and _received(request, row, form):
        return redirect("crowdfunding:treasury", slug)
    context = {"organisation": organisation, "pledge": row, "promised": row.amount, "what": "receive"}
    return _show(request, "treasury_receive", form, "form" if form.errors else answer, context)


def _receipt(form: forms.Form) -> payments.Receipt:
    names = ("amount", "received_on", "channel", "reference")
    return payments.Receipt(**{name: form.cleaned_data[name] for name in names})


def _refusal(form: forms.Form, error: Exception) -> None:
    """Put on the form why money cannot be booked."""
    if isinstance(error, payments.NotAuthorised):
        sentence = _(
            "The organisation may not collect on that day: its authorisation is missing or out of date."
        )
    elif isinstance(error, collectors.NotSetUp):
        sentence = _("Enter the bank details of the organisation first.")
    else:
        sentence = _("This cannot have come: check the amount, the day and the way it came.")
    form.add_error(None, sentence)


def _received(request: HttpRequest, row: Pledge, form: ReceiptForm) -> bool:
    """Book what came; cash goes through the cash book, where another person confirms it."""
    try:
        if form.cleaned_data["channel"] == Pledge.Channel.CASH:
            messages.success(request, waits_sentence(_declared_for(request, row, form)))
            return True
        payments.receive(row, _receipt(form), by=request.user)
    except cash.AlreadyDeclared:
        messages.warning(request, _("Cash for this promise is declared already and waits to be confirmed."))
    except NotPossible:
        messages.warning(request, _("This promise is already marked received."))
    except (payments.NotAuthorised, collectors.NotSetUp, GatewayError) as error:
        _refusal(form, error)
        return False
    else:
        messages.success(request, _("Received. The donor is told, the ledger and the gauge have moved."))
    return True


def _declared_for(request: HttpRequest, row: Pledge, form: ReceiptForm) -> CashGift:
    taken = cash.Taken(form.cleaned_data["amount"], form.cleaned_data["received_on"])
    before = CashGift.objects.filter(pledge=row).exclude(state=CashGift.State.DECLARED).count()
    key = f"cash-{row.uid}-{before}"
    return cash.declare_for(row, taken, by=request.user, form_key=key)


@never_cache
@login_required
def counter(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter cash, a cheque or a transfer that came without a promise; asks to confirm."""
    organisation = _kept(request, slug)
    form = CounterForm(organisation, request.POST if request.method == "POST" else None)
    answer = _answer(request, form)
    if answer == "do" and form.cleaned_data["channel"] == Pledge.Channel.CASH:
        gift = declared(request, form)
        if gift is not None:
            return redirect("crowdfunding:cash_receipt", slug, gift.uid)
    elif answer == "do" and _entered(request, form):
        return redirect("crowdfunding:treasury_received", slug)
    context = {"organisation": organisation, "what": "gift"}
    return _show(request, "treasury_gift", form, "form" if form.errors else answer, context)


def _entered(request: HttpRequest, form: CounterForm) -> bool:
    data = form.cleaned_data
    donor = pledges.Donor(
        email=data["email"].strip().lower(),
        name=data["name"],
        anonymous=data["anonymous"],
        language=data["campaign"].language,
    )
    try:
        payments.enter_gift(
            data["campaign"], donor, _receipt(form), by=request.user, form_key=data["form_key"]
        )
    except pledges.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another gift. Send it again to enter this one as well.")
        )
        return False
    except (payments.NotAuthorised, collectors.NotSetUp, GatewayError, NotPossible) as error:
        _refusal(form, error)
        return False
    messages.success(request, _("The gift is entered. The ledger and the gauge have moved."))
    return True


@never_cache
@login_required
def undo(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take a payment out of the accounts by a correction, with its reason; the page itself asks to confirm."""
    organisation = _kept(request, slug)
    rows = Payment.objects.select_related("pledge__campaign")
    row = get_object_or_404(rows, collector=organisation, uid=uid)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deposits.undo_payment(row, by=request.user, reason=form.cleaned_data["reason"])
        except NotPossible as error:
            undone = error.state == Payment.State.REVERSED
            messages.warning(
                request,
                _("This entry was undone before.")
                if undone
                else _("This entry can no longer be undone. Give the gift back instead."),
            )
        except funds.NotEnough:
            messages.error(request, _("This cash was brought to the bank or spent: undo that first."))
        else:
            messages.success(request, _("Undone by a correction in the ledger; nothing was deleted."))
        return redirect("crowdfunding:treasury_received", slug)
    context = {"organisation": organisation, "payment": row, "form": form}
    return render(request, "crowdfunding/treasury_undo.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def account(request: HttpRequest, slug: str) -> HttpResponse:
    """The bank details and the authorisation; asks to confirm, because donors pay what stands here."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_set_up(request.user, organisation))
    found = CollectorSettings.objects.filter(organisation=organisation).first()
    form = CollectorForm(
        request.POST if request.method == "POST" else None,
        instance=found or CollectorSettings(organisation=organisation),
    )
    answer = _answer(request, form)
    if answer == "do":
        values = {name: form.cleaned_data[name] for name in collectors.FIELDS}
        collectors.save(organisation, by=request.user, **values)
        messages.success(request, _("The bank details are saved."))
        keeps = collectors.may_keep(request.user, organisation)
        return redirect("crowdfunding:treasury" if keeps else "crowdfunding:treasury_account", slug)
    context = {"organisation": organisation, "account": found, "what": "account"}
    return _show(request, "treasury_account", form, answer, context)
