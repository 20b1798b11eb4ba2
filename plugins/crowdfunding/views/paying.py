"""The way to a provider's page and back. The browser's return books nothing: it has the provider asked again."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.conf import absolute, instance
from plugins.crowdfunding.domain import changes, checkouts, collectors, outcomes, providers, rules, situations
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import Payment, Pledge
from plugins.crowdfunding.views.limits import too_many
from plugins.crowdfunding.views.private import pledge_of, secluded

logger = logging.getLogger(__name__)
BEGINS = checkouts.PAYABLE
SEE_OTHER = 303


def lead(request: HttpRequest, pledge: Pledge, way: str) -> HttpResponse:
    """To the page of the provider; back to the private page with a sentence when there is none."""
    back = absolute(reverse("crowdfunding:pledge_back", args=[pledge.token]))
    home = absolute(pledge.get_absolute_url())
    try:
        payment = checkouts.begin(pledge, channel=way, return_url=back, cancel_url=home)
    except NotPossible:
        return redirect(pledge)
    except (providers.NoProvider, collectors.NotAuthorised, collectors.NotSetUp):
        messages.error(request, _("This way of giving is not offered here any more. Choose another below."))
        return redirect(pledge)
    except GatewayError as error:
        logger.warning("No page for %s: %r", pledge.code, error)
        messages.error(
            request,
            _(
                "The payment page does not answer just now. Nothing was charged: try again, or give by transfer."
            ),
        )
        return redirect(pledge)
    return _see(_address(pledge, payment))


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    response.status_code = SEE_OTHER
    return response


def _address(pledge: Pledge, payment: Payment) -> str:
    """The provider's page, when it is one of this site; else the page that leads there.

    Browsers hold a redirect after a form to the content policy's ``form-action``: a form of ours may only lead to
    ourselves, so that nothing typed here can be sent elsewhere. A page of ours then leads on by itself.
    """
    here, there = urlsplit(instance().base_url), urlsplit(payment.page_url)
    if (here.scheme, here.netloc) == (there.scheme, there.netloc):
        return payment.page_url
    return reverse("crowdfunding:pledge_go", args=[pledge.token])


@never_cache
@require_safe
@secluded
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Leads on to the provider's page, without script and without a form."""
    row = pledge_of(token)
    rows = row.payments.filter(state=Payment.State.STARTED).exclude(page_url="")
    payment = rows.order_by("-attempt").first()
    if payment is None:
        return redirect(row)
    host = urlsplit(payment.page_url).hostname
    context = {"pledge": row, "campaign": row.campaign, "address": payment.page_url, "host": host}
    return render(request, "crowdfunding/pledge_go.html", context)


@never_cache
@require_POST
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Pay, try again, or store another card."""
    row = pledge_of(token)
    way = request.POST.get("way", "")
    situation = situations.of(row)
    if "pay" not in situation.acts or way not in situation.ways or way in Pledge.OFFLINE:
        messages.error(request, _("That is no longer possible; the state of your gift is written below."))
        return redirect(row)
    if too_many(request, "pay", email=row.email):
        messages.error(request, _("Too many attempts in the last hour. Please try again later."))
        return redirect(row)
    return lead(request, row, way)


@never_cache
@require_safe
@secluded
def back(request: HttpRequest, token: str) -> HttpResponse:
    """The browser comes back from the provider: what became of the payment is read there, never in the address."""
    row = pledge_of(token)
    payment = row.payments.exclude(account=None).order_by("-attempt").first()
    if payment is not None:
        payment.pledge = row
        _followed(request, payment)
    return redirect(row.support or row)


def _followed(request: HttpRequest, payment: Payment) -> None:
    try:
        checkouts.follow(payment)
    except outcomes.Mismatch as error:
        logger.error("Payment %s does not fit what its provider says: %s", payment.key, error)
        messages.warning(
            request, _("Your payment is being checked by a person. You will hear from us; do not pay again.")
        )
    except (GatewayError, NotPossible) as error:
        logger.warning("Payment %s is asked again later: %r", payment.key, error)
        messages.info(
            request,
            _("The provider has not answered yet. This page says so as soon as it does; do not pay again."),
        )


def by_transfer(request: HttpRequest, row: Pledge) -> HttpResponse:
    """Pay by transfer instead of a card, and say what came of it."""
    try:
        changes.to_transfer(row)
    except rules.Frozen:
        messages.error(request, _("The last 24 hours have begun: this promise is fixed and stays by card."))
    except NotPossible:
        messages.error(request, _("That is no longer possible; the state of your gift is written below."))
    except GatewayError:
        messages.error(request, _("The provider does not answer just now. Please try again in a moment."))
    return redirect(row)


@never_cache
@secluded
def transfer(request: HttpRequest, token: str) -> HttpResponse:
    """Pay by bank transfer instead of a card, after confirming."""
    row = pledge_of(token)
    if request.method == "POST":
        return by_transfer(request, row)
    if "transfer" not in situations.of(row).acts:
        return redirect(row)
    return render(request, "crowdfunding/pledge_transfer.html", {"pledge": row, "campaign": row.campaign})
