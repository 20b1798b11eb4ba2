"""Tax receipts at the treasury: who issues, which campaigns, for whom, and each receipt with its trail."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain import files
from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import (
    collectors,
    keyset,
    numbers,
    receipt_donors,
    receipt_facts,
    receipts,
    search,
)
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.receipts import CancelForm, EligibleForm, IdentityForm, IssuerForm
from plugins.crowdfunding.models import Campaign, DonorIdentity, Payment, Pledge, ReceiptIssuer, TaxReceipt

LISTED = 20
PDF = "application/pdf"


def kept(request: HttpRequest, slug: str) -> Organisation:
    """The organisation, when the person keeps its accounts; else 403."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    return organisation


def year_of(request: HttpRequest) -> int:
    """The year asked for, else this one; what is no year of ours is this one too."""
    asked, now = request.GET.get("year", "") or request.POST.get("year", ""), timezone.localdate().year
    if asked.isascii() and asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= now:
        return int(asked)
    return now


def as_pdf(receipt: TaxReceipt) -> HttpResponse:
    """A receipt as a download."""
    response = files.attachment(receipt_facts.document(receipt), PDF, f"recu-fiscal-{receipt.label}.pdf")
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@login_required
@require_safe
def receipt_list(request: HttpRequest, slug: str) -> HttpResponse:
    """A year: donors who wait for a receipt, gifts without a name, receipts issued, those to cancel."""
    organisation, year = kept(request, slug), year_of(request)
    issuer = ReceiptIssuer.objects.filter(organisation=organisation).first()
    rows = TaxReceipt.objects.filter(organisation=organisation, year=year).select_related("replaced_by")
    waiting = receipt_donors.donors(organisation, year)
    nameless = receipt_donors.gifts(organisation, year).filter(pledge__identity=None)
    now = timezone.localdate().year
    context = {
        "organisation": organisation,
        "year": year,
        "years": [now - back for back in range(4)],
        "issuer": issuer,
        "campaigns": Campaign.objects.filter(collector=organisation, currency=receipt_donors.CURRENCY)
        .exclude(state=Campaign.State.DRAFT)
        .order_by("-pk")[:LISTED],
        "waiting": waiting[:LISTED],
        "waiting_number": len(waiting),
        "nameless": nameless.select_related("pledge", "campaign").order_by("-pk")[:LISTED],
        "nameless_number": nameless.count(),
        "page": keyset.page(rows, request.GET.get("after")),
        "stale": set(receipts.stale(rows).values_list("pk", flat=True)),
        "totals": receipts.totals(organisation),
    }
    return render(request, "crowdfunding/receipts.html", context)


@never_cache
@login_required
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisation as its receipts name it, and the confirmation that it may issue them."""
    organisation = kept(request, slug)
    found = ReceiptIssuer.objects.filter(organisation=organisation).first()
    initial = {} if found else {"name": organisation.name}
    form = IssuerForm(
        request.POST if request.method == "POST" else None,
        instance=found or ReceiptIssuer(organisation=organisation),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        receipts.set_issuer(organisation, by=request.user, sentence=form.sentence, **form.values)
        messages.success(
            request, _("Saved. Receipts issued from now on say this; earlier ones stay as they are.")
        )
        return redirect("crowdfunding:receipts", slug)
    context = {"organisation": organisation, "form": form, "found": found}
    return render(request, "crowdfunding/receipt_issuer.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def eligible(request: HttpRequest, slug: str, campaign: str) -> HttpResponse:
    """Say that a campaign's gifts give a right to receipts, or take that back."""
    organisation = kept(request, slug)
    row = get_object_or_404(Campaign, slug=campaign, collector=organisation)
    taking_back = row.receipts_eligible
    form = EligibleForm(request.POST if request.method == "POST" and not taking_back else None)
    if request.method == "POST" and (taking_back or form.is_valid()):
        try:
            receipts.mark(row, by=request.user, sentence="" if taking_back else form.sentence)
        except receipts.NotAble:
            messages.error(request, _("First say who issues the receipts, and confirm that it may."))
            return redirect("crowdfunding:receipt_issuer", slug)
        messages.success(request, _("Saved."))
        return redirect("crowdfunding:receipts", slug)
    context = {"organisation": organisation, "campaign": row, "form": form}
    return render(request, "crowdfunding/receipt_eligible.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def issue(request: HttpRequest, slug: str) -> HttpResponse:
    """Issue receipts for all who wait in a year, or with ``payment`` for one donor; asks to confirm."""
    organisation, year = kept(request, slug), year_of(request)
    uid = search.clean(request.GET.get("payment", "") or request.POST.get("payment", ""))
    waiting = receipt_donors.donors(organisation, year)
    if uid:
        wanted = set(Payment.objects.filter(uid=uid, collector=organisation).values_list("pk", flat=True))
        waiting = [donor for donor in waiting if wanted & set(donor.payments)]
    if request.method == "POST":
        _issued(request, organisation, year, waiting if uid else None)
        return redirect(f"{_list_url(slug)}?year={year}")
    if not waiting:
        messages.warning(request, _("No donor waits for a receipt."))
        return redirect(f"{_list_url(slug)}?year={year}")
    context = {
        "organisation": organisation,
        "year": year,
        "donors": waiting[:LISTED],
        "number": len(waiting),
        "payment": uid,
    }
    return render(request, "crowdfunding/receipt_issue.html", context)


def _list_url(slug: str) -> str:
    from django.urls import reverse

    return reverse("crowdfunding:receipts", args=[slug])


def _issued(request: HttpRequest, organisation: Organisation, year: int, only: Any) -> None:
    try:
        if only is None:
            done, left = receipts.issue_year(organisation, year, by=request.user)
        else:
            done, left = 0, 0
            for donor in only[:1]:
                with suppress(receipts.NothingToReceipt, IntegrityError):
                    receipts.issue(donor, by=request.user)
                    done = 1
    except receipts.NotAble:
        messages.error(request, _("First say who issues the receipts, and confirm that it may."))
        return
    if done:
        messages.success(request, _("%(number)s receipts are issued; donors are told.") % {"number": done})
    if left:
        receipts.wake(organisation, year, by=request.user)
        said = _("%(number)s more are being issued. Open this page again in a few minutes.")
        messages.info(request, said % {"number": left})
    if not done and not left:
        messages.warning(request, _("No donor waits for a receipt."))


@never_cache
@login_required
def identity(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Name and address of a donor who gave them on paper."""
    organisation = kept(request, slug)
    rows = Pledge.objects.select_related("campaign")
    pledge = get_object_or_404(rows, uid=uid, collector=organisation)
    found = DonorIdentity.objects.filter(pledge=pledge).first()
    form = IdentityForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            receipt_donors.identify(pledge, **form.values)
        except receipt_donors.HasReceipt:
            messages.error(request, _("A receipt stands on this name: cancel it first."))
        else:
            messages.success(request, _("Saved. The donor can have a receipt now."))
        return redirect("crowdfunding:receipts", slug)
    context = {"organisation": organisation, "pledge": pledge, "form": form}
    return render(request, "crowdfunding/receipt_identity.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def cancel(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Cancel a receipt, with its reason; its number stays."""
    organisation = kept(request, slug)
    row = get_object_or_404(TaxReceipt, organisation=organisation, uid=uid)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            newer = receipts.cancel(row, by=request.user, reason=data["reason"], replace=data["replace"])
        except NotPossible:
            messages.warning(request, _("This receipt was cancelled before."))
        except receipts.NotAble:
            messages.error(request, _("First say who issues the receipts, and confirm that it may."))
        else:
            said = _("Cancelled; the number %(number)s stays used.") % {"number": numbers.ltr(row.label)}
            more = (
                _("The receipt %(number)s replaces it.") % {"number": numbers.ltr(newer.label)}
                if newer
                else ""
            )
            messages.success(request, f"{said} {more}")
        return redirect(f"{_list_url(slug)}?year={row.year}")
    context = {"organisation": organisation, "receipt": row, "form": form}
    return render(request, "crowdfunding/receipt_cancel.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def document(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """A receipt as PDF, for the treasurer."""
    organisation = kept(request, slug)
    return as_pdf(get_object_or_404(TaxReceipt, organisation=organisation, uid=uid))
