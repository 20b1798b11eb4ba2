"""The donor's side of tax receipts: name and address after the gift, and the receipt itself by private links."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from plugins.crowdfunding.domain import receipt_donors, receipt_letters
from plugins.crowdfunding.forms.receipts import IdentityForm
from plugins.crowdfunding.models import DonorIdentity, Pledge
from plugins.crowdfunding.views.limits import too_many
from plugins.crowdfunding.views.receipts import as_pdf


def _pledge(token: str) -> Pledge:
    rows = Pledge.objects.select_related("campaign__project", "campaign__collector", "collector")
    return get_object_or_404(rows, token=token)


@never_cache
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Name and address for a receipt; asked for after the gift only, because nobody else needs them."""
    pledge = _pledge(token)
    if not receipt_donors.may_ask(pledge):
        messages.error(request, _("There is no tax receipt for this gift."))
        return redirect(pledge)
    found = DonorIdentity.objects.filter(pledge=pledge).first()
    form = IdentityForm(request.POST if request.method == "POST" else None, instance=found)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        if too_many(request, "receipt"):
            form.add_error(None, _("Too many tries from here in the last hour. Please try again later."))
        else:
            return _identified(request, pledge, form)
    response = render(
        request, "crowdfunding/receipt_ask.html", {"pledge": pledge, "form": form}, status=status
    )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _identified(request: HttpRequest, pledge: Pledge, form: IdentityForm) -> HttpResponse:
    try:
        receipt_donors.identify(pledge, **form.values)
    except receipt_donors.HasReceipt:
        messages.error(
            request, _("Your receipt is issued already. To correct it, write to the organisation.")
        )
    else:
        messages.success(
            request, _("Thank you. The treasurer issues the receipt; a message brings it to you.")
        )
    return redirect(pledge)


@never_cache
@require_safe
def of_pledge(request: HttpRequest, token: str, uid: str) -> HttpResponse:
    """A receipt of this gift alone; one that covers other gifts too opens by the link in its letter only."""
    pledge = _pledge(token)
    receipt = receipt_donors.receipts_of(pledge).filter(uid=uid).first()
    if receipt is None or not receipt_donors.is_alone(receipt, pledge):
        raise Http404
    return as_pdf(receipt)


@never_cache
@require_safe
def of_letter(request: HttpRequest, token: str) -> HttpResponse:
    """A receipt by the link of its letter."""
    try:
        receipt = receipt_letters.of_token(token)
    except receipt_letters.NotOurLink:
        raise Http404 from None
    return as_pdf(receipt)
