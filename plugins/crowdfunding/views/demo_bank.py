"""The page of the demonstration's provider: says loudly that no money moves; 404 on every other instance."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from core.conf import instance
from plugins.crowdfunding.gateways import demo_bank
from plugins.crowdfunding.models import DemoPayment
from plugins.crowdfunding.views.private import secluded

LABELS = {
    "pay": gettext_lazy("Pay"),
    "decline": gettext_lazy("Refuse the payment"),
    "confirm": gettext_lazy("Ask for a confirmation at the bank"),
    "close": gettext_lazy("Pay, then close the browser"),
    "twice": gettext_lazy("Pay, and tell the site twice"),
    "late": gettext_lazy("Pay, and tell the site late"),
    "dispute": gettext_lazy("Pay, then contest the payment"),
    "refused_later": gettext_lazy("Store the card; it will be refused at the close"),
    "confirm_later": gettext_lazy("Store the card; the bank will ask to confirm at the close"),
    "approve": gettext_lazy("Confirm the payment"),
    "refuse": gettext_lazy("Do not confirm"),
    "contest": gettext_lazy("Contest this payment"),
    "win": gettext_lazy("The bank decides for the organisation"),
    "lose": gettext_lazy("The bank decides for the donor"),
}
STORING = {
    "pay": gettext_lazy("Store the card"),
    "close": gettext_lazy("Store the card, then close the browser"),
    "twice": gettext_lazy("Store the card, and tell the site twice"),
    "late": gettext_lazy("Store the card, and tell the site late"),
    "decline": gettext_lazy("Refuse the card"),
    "approve": gettext_lazy("Confirm the card"),
}
REASONS = {
    "card_declined": gettext_lazy("without a reason"),
    "insufficient_funds": gettext_lazy("not enough money"),
    "expired_card": gettext_lazy("card expired"),
    "incorrect_cvc": gettext_lazy("wrong security code"),
}
MAIN, DANGER = frozenset({"pay", "approve"}), frozenset({"decline", "refuse", "lose", "contest"})


@never_cache
@secluded
def page(request: HttpRequest, session: str) -> HttpResponse:
    """What can be pressed now, or what became of the payment."""
    if not instance().demo:
        raise Http404
    row = get_object_or_404(DemoPayment, session=session)
    if request.method == "POST":
        return _press(request, row)
    demo_bank.ripen(row)
    labels = LABELS | (STORING if row.kind == DemoPayment.Kind.SECURE else {})
    acts = [(act, labels[act]) for act in demo_bank.acts_of(row)]
    context = {
        "row": row,
        "acts": acts,
        "main": MAIN,
        "danger": DANGER,
        "reasons": REASONS.items() if "decline" in dict(acts) else (),
        "closed": request.GET.get("closed") == "1",
    }
    return render(request, "crowdfunding/demo_bank.html", context)


def _press(request: HttpRequest, row: DemoPayment) -> HttpResponse:
    """Do it, and go back to the site or stay, as a real provider's page would."""
    act = request.POST.get("act", "")
    try:
        demo_bank.press(row.session, act, why=request.POST.get("why", ""))
    except demo_bank.NotOffered:
        messages.error(
            request, _("This was pressed before, or in another window. Here is what became of it.")
        )
        return redirect("crowdfunding:demo_bank", row.session)
    if act in demo_bank.STAYS or not row.return_url:
        address = redirect("crowdfunding:demo_bank", row.session).url
        return redirect(f"{address}?closed=1" if act == "close" else address)
    response = HttpResponseRedirect(row.return_url)
    response.status_code = 303
    return response
