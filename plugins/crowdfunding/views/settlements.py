"""From the card provider to the bank: entered by the treasurer from the bank's statement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from plugins.crowdfunding.domain import funds, settlements
from plugins.crowdfunding.forms.settlements import SettlementForm
from plugins.crowdfunding.models import Settlement
from plugins.crowdfunding.views.payouts import confirm_page, step_of
from plugins.crowdfunding.views.receipts import kept

LISTED = 20


@never_cache
@login_required
def settle(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands at the provider and what came from there; asks to confirm."""
    organisation = kept(request, slug)
    there = settlements.at_provider(organisation)
    form = SettlementForm(there, request.POST if request.method == "POST" else None)
    answer = step_of(request, form)
    if answer == "do" and _settled(request, organisation, form):
        return redirect("crowdfunding:settlements", slug)
    if answer == "ask":
        facts: list[tuple[Any, Any]] = [(project.title, amount) for project, amount in form.amounts]
        facts += [
            (_("Day"), form.cleaned_data["settled_on"]),
            (_("Reference"), form.cleaned_data["reference"]),
        ]
        sentence = _("This is written in the public ledger, where it can be corrected but never deleted.")
        return confirm_page(request, form, facts, sentence, request.path)
    rows = Settlement.objects.filter(collector=organisation).select_related("project").order_by("-pk")
    context = {
        "organisation": organisation,
        "form": form,
        "there": there,
        "rows": rows[:LISTED],
        "keeps": True,
    }
    return render(request, "crowdfunding/settlements.html", context, status=422 if form.errors else 200)


def _settled(request: HttpRequest, organisation: Any, form: SettlementForm) -> bool:
    data = form.cleaned_data
    try:
        settlements.settle(
            organisation,
            form.amounts,
            on=data["settled_on"],
            reference=data["reference"],
            by=request.user,
            form_key=data["form_key"],
        )
    except funds.NotEnough:
        form.add_error(None, _("Less stands at the provider by now. Look at the amounts again."))
        return False
    except settlements.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another transfer. Send it again to enter this one too.")
        )
        return False
    messages.success(request, _("Entered. The money stands on the bank account and can be passed on."))
    return True


@never_cache
@login_required
def undo(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take an entry back, after confirming."""
    organisation = kept(request, slug)
    rows = Settlement.objects.select_related("project", "collector")
    row = get_object_or_404(rows, collector=organisation, uid=uid)
    if request.method == "POST":
        try:
            settlements.undo(row, by=request.user)
        except settlements.AlreadyUndone:
            messages.warning(request, _("This entry was undone before."))
        except funds.NotEnough:
            messages.error(request, _("This money was passed on or spent already."))
        else:
            messages.success(request, _("Undone by a correction in the ledger; nothing was deleted."))
        return redirect("crowdfunding:settlements", slug)
    context = {"organisation": organisation, "settlement": row}
    return render(request, "crowdfunding/settlement_undo.html", context)
