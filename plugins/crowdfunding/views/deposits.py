"""Cash and cheques brought to the bank: entered from the slip, listed, taken back when entered by mistake."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.domain.permissions import require
from core.models import Organisation
from core.money import CURRENCIES, NotAnAmount, minor, parse
from plugins.crowdfunding.domain import collectors, deposits, funds, keyset
from plugins.crowdfunding.forms.cash import CashSlipForm, ChequeSlipForm, SlipForm
from plugins.crowdfunding.models import Deposit

MOST = 100
"""Cheques on one slip."""


def _kept(request: HttpRequest, slug: str) -> Organisation:
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    return organisation


def _currency(request: HttpRequest) -> str:
    asked = request.GET.get("currency", "")
    return asked if asked in CURRENCIES else ""


@never_cache
@login_required
def deposit_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What was brought to the bank, newest first."""
    organisation = _kept(request, slug)
    rows = Deposit.objects.filter(collector=organisation).select_related("made_by")
    rows = rows.prefetch_related("parts__project", "parts__payment__pledge")
    page = keyset.page(rows, request.GET.get("after"))
    context = {"organisation": organisation, "page": page, "keeps": True}
    return render(request, "crowdfunding/deposits.html", context)


@never_cache
@login_required
def bring_cash(request: HttpRequest, slug: str) -> HttpResponse:
    """Cash of one currency brought to the bank, by project."""
    organisation, currency = _kept(request, slug), _currency(request)
    if request.method == "POST" and _sent_before(request, organisation):
        return redirect("crowdfunding:deposits", slug)
    box = [one for one in deposits.in_box(organisation) if one[1].amount > 0]
    currency = currency or (box[0][1].currency.code if box else "EUR")
    box = [one for one in box if one[1].currency.code == currency]
    form = CashSlipForm(box, request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _brought(
            request,
            form,
            lambda slip: deposits.bring_cash(organisation, form.amounts, by=request.user, **slip),
        )
    ):
        return redirect("crowdfunding:deposits", slug)
    context = {"organisation": organisation, "form": form, "box": box}
    return render(request, "crowdfunding/deposit_cash.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def bring_cheques(request: HttpRequest, slug: str) -> HttpResponse:
    """Cheques of one currency brought to the bank on one slip."""
    organisation, currency = _kept(request, slug), _currency(request)
    if request.method == "POST" and _sent_before(request, organisation):
        return redirect("crowdfunding:deposits", slug)
    rows = deposits.cheques(organisation)
    first = rows.first()
    currency = currency or (first.currency if first else "EUR")
    rows = rows.filter(currency=currency)
    shown = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:MOST]))
    form = ChequeSlipForm(shown, request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _brought(
            request,
            form,
            lambda slip: deposits.bring_cheques(
                organisation, list(form.cleaned_data["cheques"]), by=request.user, **slip
            ),
        )
    ):
        return redirect("crowdfunding:deposits", slug)
    context = {"organisation": organisation, "form": form, "some": first is not None}
    return render(request, "crowdfunding/deposit_cheques.html", context, status=422 if form.errors else 200)


def _sent_before(request: HttpRequest, organisation: Organisation) -> bool:
    """Whether the same slip was sent a moment ago: what it brought is no longer in the box of the new form."""
    key = "".join(char for char in request.POST.get("form_key", "") if char.isprintable())[:40]
    deposit = Deposit.objects.filter(collector=organisation, form_key=key).first() if key else None
    if deposit is None:
        return False
    parts = list(deposit.parts.all())
    if deposit.what == Deposit.What.CHEQUE:
        same = {str(part.payment_id) for part in parts} == set(request.POST.getlist("cheques"))
    else:
        sent = {name: value for name, value in request.POST.items() if name.startswith("part_") and value}
        made = {f"part_{part.project_id}": part.amount_minor for part in parts}
        same = made == {name: _minor(value, deposit.currency) for name, value in sent.items()}
    if same:
        messages.info(request, _("This slip was entered before."))
    return same


def _minor(text: str, currency: str) -> int | None:
    try:
        return minor(parse(text[:20], currency))
    except NotAnAmount:
        return None


def _brought(request: HttpRequest, form: SlipForm, bring: Any) -> bool:
    """Book a slip; False with an error on the form when that cannot be."""
    data = form.cleaned_data
    slip = {"on": data["deposited_on"], "reference": data["reference"], "form_key": data["form_key"]}
    try:
        bring(slip)
    except deposits.AlreadyMade:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another deposit. Send it again to enter this one as well.")
        )
    except (deposits.MoreThanThere, deposits.NotADeposit):
        form.add_error(
            None, _("This is not in the box any more: somebody was faster. Look at the list again.")
        )
    else:
        messages.success(request, _("Entered. The ledger shows it on the bank account."))
        return True
    return False


@never_cache
@login_required
def undo(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take back a deposit entered by mistake; asks to confirm."""
    organisation = _kept(request, slug)
    row = get_object_or_404(Deposit, collector=organisation, uid=uid)
    if request.method == "POST":
        try:
            deposits.undo(row, by=request.user)
        except funds.NotEnough:
            messages.error(request, _("This money was passed on or spent already."))
        else:
            messages.success(request, _("Undone by a correction in the ledger; nothing was deleted."))
        return redirect("crowdfunding:deposits", slug)
    return render(request, "crowdfunding/deposit_undo.html", {"organisation": organisation, "deposit": row})
