"""Expenses: entered by who holds the money, with their invoice; public only as far as the treasurer vouches."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.domain import files
from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import collectors, funds, keyset, spending
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.amounts import shown
from plugins.crowdfunding.forms.payouts import InvoiceForm, SpendingForm
from plugins.crowdfunding.models import Campaign, Spending
from plugins.crowdfunding.views.payouts import LISTED, confirm_page, organisation_of, step_of


@never_cache
@login_required
@require_safe
def spending_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Expenses of the organisation, newest entry first, and the campaigns it can spend for."""
    organisation, keeps = organisation_of(request, slug)
    rows = Spending.objects.filter(organisation=organisation).select_related("campaign", "line", "invoice")
    context = {
        "organisation": organisation,
        "keeps": keeps,
        "page": keyset.page(rows, request.GET.get("after")),
        "campaigns": list(spending.campaigns_of(organisation)[:LISTED]),
    }
    return render(request, "crowdfunding/spendings.html", context)


def _currencies(campaign: Campaign, organisation: Organisation) -> list[str]:
    """In what the organisation can spend: its own campaign's currency, or what arrived."""
    if organisation.pk == campaign.collector_id:
        return [campaign.currency]
    return list(funds.arrived(campaign)) or ["MAD"]


@never_cache
@login_required
def spending_new(request: HttpRequest, slug: str, campaign: str) -> HttpResponse:
    """Enter an expense; asks to confirm, and asks why when it goes above its budget line."""
    organisation, _keeps = organisation_of(request, slug)
    row = get_object_or_404(spending.campaigns_of(organisation), slug=campaign)
    posted = request.method == "POST"
    form = SpendingForm(
        row,
        _currencies(row, organisation),
        request.POST if posted else None,
        request.FILES if posted else None,
        by=request.user,
    )
    answer = step_of(request, form)
    above = _above(form) if answer in {"ask", "do"} else None
    if answer == "do" and not form.errors and _booked(request, row, organisation, form):
        return redirect("crowdfunding:spendings", slug)
    if answer == "ask" and not form.errors:
        return confirm_page(request, form, _facts(row, form, above), _sentence(above), request.path)
    if posted and "over_why" in form.fields and "over_why" not in form.errors and above is None:
        del form.fields["over_why"]
    collects = organisation.pk == row.collector_id
    there = [funds.of_campaign(row).available] if collects else list(funds.arrived(row).values())
    context = {"organisation": organisation, "campaign": row, "form": form, "there": there}
    return render(request, "crowdfunding/spending_form.html", context, status=422 if form.errors else 200)


def _above(form: SpendingForm) -> Any:
    """By how much the expense passes its line, or None; without a reason that is an error of the form."""
    data = form.cleaned_data
    above = spending.over(data["line"], data["amount"])
    if not above.amount:
        return None
    if not data.get("over_why"):
        sentence = _("This goes %(over)s above what the budget line has left. Say why: everyone can read it.")
        form.add_error("over_why", sentence % {"over": shown(above)})
    return above


def _facts(row: Campaign, form: SpendingForm, above: Any) -> list[tuple[Any, Any]]:
    data = form.cleaned_data
    return [
        (_("Campaign"), row.title),
        (_("What was bought"), data["what"]),
        (_("Amount paid"), data["amount"]),
        (_("Day"), data["spent_on"]),
        (_("Budget line"), data["line"] or _("none: this was not planned")),
        (_("Above the budget line"), above),
        (_("Supplier"), data["supplier"]),
        (_("Invoice"), form.kept_file),
    ]


def _sentence(above: Any) -> str:
    written = _("This is written in the public ledger, where it can be corrected but never deleted.")
    return f"{_('It goes above the budget line; the followers are told.')} {written}" if above else written


def _booked(request: HttpRequest, row: Campaign, organisation: Organisation, form: SpendingForm) -> bool:
    data = form.cleaned_data
    names = ("amount", "spent_on", "what", "line", "where", "supplier")
    expense = spending.Expense(
        **{name: data[name] for name in names}, over_why=data.get("over_why", ""), invoice=form.kept_file
    )
    try:
        spending.book(row, organisation, expense, by=request.user, form_key=data["form_key"])
    except funds.NotEnough as error:
        sentence = _("Only %(there)s are there for this. If more was paid, enter the money that came first.")
        form.add_error("amount", sentence % {"there": shown(error.there)})
    except spending.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another expense. Send it again to enter this one too.")
        )
    except spending.AboveLine as error:  # the line was spent meanwhile
        form.add_error("amount", _("This goes %(over)s above the line.") % {"over": shown(error.over)})
    except spending.NotItsMoney:
        form.add_error(None, _("This organisation does not hold the money of this campaign."))
    else:
        messages.success(request, _("The expense is entered and stands in the public ledger."))
        return True
    return False


def _spending(request: HttpRequest, slug: str, uid: str) -> Spending:
    """An expense of the organisation, for who may book them; else 403."""
    rows = Spending.objects.select_related("campaign__project", "organisation", "line", "invoice")
    row = get_object_or_404(rows, uid=uid, organisation__slug=slug)
    require(spending.may_spend(request.user, row.organisation))
    return row


@never_cache
@login_required
def spending_undo(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take an expense out of the accounts, after confirming."""
    row = _spending(request, slug, uid)
    if request.method == "POST":
        try:
            spending.undo(row, by=request.user)
        except NotPossible:
            messages.warning(request, _("This entry was undone before."))
        else:
            messages.success(request, _("Undone by a correction in the ledger; nothing was deleted."))
        return redirect("crowdfunding:spendings", slug)
    context = {"spending": row, "organisation": row.organisation}
    return render(request, "crowdfunding/spending_undo.html", context)


@never_cache
@login_required
def spending_invoice(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """The invoice of an expense: add it, replace it, and say whether everyone may see it."""
    row = _spending(request, slug, uid)
    posted = request.method == "POST"
    form = InvoiceForm(request.POST if posted else None, request.FILES if posted else None, by=request.user)
    if posted and form.is_valid() and form.kept_file is not None:
        spending.attach(row, form.kept_file, by=request.user)
        messages.success(request, _("The invoice is kept. Only who keeps the accounts can open it."))
        return redirect("crowdfunding:spending_invoice", slug, uid)
    vouches = collectors.may_keep(request.user, row.organisation) or collectors.may_keep(
        request.user, row.campaign.collector
    )
    context = {"spending": row, "organisation": row.organisation, "form": form, "vouches": vouches}
    return render(request, "crowdfunding/spending_invoice.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def spending_show(request: HttpRequest, uid: str) -> HttpResponse:
    """A treasurer of either side vouches that an invoice shows no personal data, or takes that back."""
    rows = Spending.objects.select_related("campaign__collector", "organisation")
    row = get_object_or_404(rows, uid=uid)
    sides = (row.organisation, row.campaign.collector)
    require(any(collectors.may_keep(request.user, side) for side in sides))
    public = request.POST.get("shown") == "1"
    spending.show_invoice(row, public, by=request.user)
    messages.success(
        request, _("Everyone can open the invoice now.") if public else _("The invoice is hidden.")
    )
    if spending.may_spend(request.user, row.organisation):
        return redirect("crowdfunding:spending_invoice", row.organisation.slug, uid)
    return redirect("crowdfunding:money", row.campaign.slug)


@never_cache
@require_safe
def invoice(request: HttpRequest, uid: str) -> HttpResponse:
    """The invoice itself, for whom it may be shown to."""
    rows = Spending.objects.select_related(
        "campaign__project", "campaign__collector", "organisation", "invoice"
    )
    row = get_object_or_404(rows, uid=uid, invoice__isnull=False)
    require(spending.may_see_invoice(request.user, row))
    return files.answer(row.invoice)
