"""Giving as a guest: one form, then a private page that says all there is to know."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.conf import absolute
from core.models import JournalEntry, Person
from plugins.crowdfunding.domain import collectors, letters, pledges
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.giving import PledgeForm
from plugins.crowdfunding.gateways import gateway, qr
from plugins.crowdfunding.gateways.base import Instructions, Order
from plugins.crowdfunding.models import Campaign, Pledge, Transaction
from plugins.crowdfunding.views.limits import too_many


@never_cache
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a pledge; sent, it leads to the pledge's private page."""
    rows = Campaign.objects.public().shown()
    campaign = get_object_or_404(rows, slug=slug)
    if not campaign.takes_pledges():
        return render(
            request,
            "crowdfunding/not_taking.html",
            {"campaign": campaign},
            status=409 if request.method == "POST" else 200,
        )
    person = request.user if isinstance(request.user, Person) else None
    initial = {"email": person.email, "name": person.name} if person else {}
    form = PledgeForm(campaign, request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _promise(request, campaign, form, person)) is not None:
            return redirect(made)
    account = letters.account_of(Pledge(collector_id=campaign.collector_id))
    context = {"form": form, "campaign": campaign, "authorised": account is not None}
    return render(request, "crowdfunding/give.html", context, status=status)


def _promise(
    request: HttpRequest, campaign: Campaign, form: PledgeForm, person: Person | None
) -> Pledge | None:
    """The pledge of a valid form, or None with the reason on the form."""
    data = form.cleaned_data
    if too_many(request, "pledge", email=data["email"]):
        form.add_error(None, _("Too many promises came from here in the last hour. Please try again later."))
        return None
    donor = pledges.Donor(
        email=data["email"],
        name=data["name"],
        anonymous=data["anonymous"],
        message=data["message"].strip(),
        language=get_language() or "fr",
        person=person,
    )
    try:
        return pledges.pledge(campaign, donor, data["amount"], form_key=data["form_key"])
    except pledges.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("You already made another promise with this form. Send it again to make a second one.")
        )
    except pledges.NotTaking:
        form.add_error(None, _("This campaign has just ended: it takes no more promises."))
    return None


def _pledge(token: str) -> Pledge:
    rows = Pledge.objects.select_related(
        "campaign__project", "campaign__tally", "campaign__collector", "campaign__receiver", "collector"
    )
    return get_object_or_404(rows, token=token)


def instructions(pledge: Pledge) -> Instructions | None:
    """How to pay a promise that waits, or None while it cannot be paid."""
    account = letters.account_of(pledge)
    if pledge.state != Pledge.State.PLEDGED or account is None or not account.takes(pledge.currency):
        return None
    order = Order(
        key=pledge.uid,
        code=pledge.code,
        amount=pledge.amount,
        beneficiary=collectors.beneficiary(account),
        channel=pledge.channel,
        language=pledge.language,
        return_url=absolute(pledge.get_absolute_url()),
    )
    return gateway(pledge.gateway).start(order)


@never_cache
@require_safe
def pledge(request: HttpRequest, token: str) -> HttpResponse:
    """Where a promise stands, whose turn it is, how to pay, what the money did. Reached by the private link alone."""
    row = _pledge(token)
    since = _since(row) if row.state == Pledge.State.RECEIVED else {}
    if since is None:
        row, since = _pledge(token), {}
    how = instructions(row)
    label = _("QR code of the transfer: account, amount and reference")
    context: dict[str, Any] = {
        "pledge": row,
        "campaign": row.campaign,
        "how": how,
        "qr": qr.svg(how.qr_text, label=label) if how and how.qr_text else "",
    }
    response = render(request, "crowdfunding/pledge.html", context | since)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _since(row: Pledge) -> dict[str, Any] | None:
    """The payment, its line in the public ledger and what the project did since; None when it was just undone."""
    payment = row.payments.filter(state="received").first()
    if payment is None:
        return None
    line = Transaction.objects.get(key=f"payment:{payment.uid}")
    news = JournalEntry.objects.filter(project=row.campaign.project, public=True, at__gt=payment.recorded_at)
    news = news.exclude(verb__startswith="crowdfunding.payment").order_by("-pk")
    return {"payment": payment, "line": line, "news": news.count()}


@never_cache
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Take a promise back, after confirming."""
    row = _pledge(token)
    if request.method == "POST":
        try:
            pledges.cancel(row)
        except NotPossible:
            messages.error(request, _("This promise can no longer be cancelled; its state is written below."))
        else:
            messages.success(request, _("Your promise is cancelled. Thank you for telling us."))
        return redirect(row)
    if row.state != Pledge.State.PLEDGED:
        return redirect(row)
    return render(request, "crowdfunding/pledge_cancel.html", {"pledge": row, "campaign": row.campaign})


@never_cache
@require_safe
def qr_image(request: HttpRequest, token: str) -> HttpResponse:
    """The QR code as an image, for mails; 404 when there is nothing to pay."""
    how = instructions(_pledge(token))
    if how is None or not how.qr_text:
        raise Http404
    return HttpResponse(qr.png(how.qr_text), content_type="image/png")
