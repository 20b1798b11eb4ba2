"""An organisation's keys at a card provider: entered, exchanged, switched off by its treasurers and managers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from core.conf import absolute, instance
from core.domain.permissions import require
from core.models import Organisation
from core.secrets import SealBroken
from plugins.crowdfunding.domain import collectors, provider_keys
from plugins.crowdfunding.forms.gateways import ProviderForm
from plugins.crowdfunding.gateways import hosted
from plugins.crowdfunding.gateways.base import Unreachable
from plugins.crowdfunding.models import GatewayAccount
from plugins.crowdfunding.views.limits import too_many


def _set_up(request: HttpRequest, slug: str) -> Organisation:
    """The organisation, when the person may enter its keys; else 403."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_set_up(request.user, organisation))
    return organisation


@never_cache
@sensitive_post_parameters("secret", "webhook_secret")
@login_required
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """What is there, with the address of the webhook to copy, and the form that changes it."""
    organisation = _set_up(request, slug)
    known, posted = provider_keys.in_use(organisation), request.method == "POST"
    form = ProviderForm(request.POST if posted else None, known=known)
    if posted and form.is_valid() and _saved(request, organisation, form):
        return redirect("crowdfunding:treasury_gateways", slug)
    context = {"organisation": organisation, "account": known, "form": form, "demo": instance().demo}
    context |= _facts(known) if known is not None else {}
    context["keeps"] = collectors.may_keep(request.user, organisation)
    return render(request, "crowdfunding/treasury_gateways.html", context, status=422 if posted else 200)


def _facts(known: GatewayAccount) -> dict[str, Any]:
    """The webhook's address and what is missing."""
    address = absolute(reverse("crowdfunding_machine:webhook", args=[known.gateway, known.uid]))
    try:
        facts = {"address": address, "events": hosted(known.gateway).events}
        return facts | {"verified": provider_keys.has_webhook_secret(known)}
    except SealBroken:
        return {"address": address, "broken": True}


@sensitive_variables()
def _saved(request: HttpRequest, organisation: Organisation, form: ProviderForm) -> bool:
    """Keep the keys, or say on the form why not."""
    if too_many(request, "keys"):
        form.add_error(None, _("Too many attempts in the last hour. Please try again later."))
        return False
    try:
        allow = bool(form.cleaned_data.get("allow_test"))
        provider_keys.save(organisation, form.keys, by=request.user, allow_test=allow)
    except provider_keys.WrongKeys:
        form.add_error("secret", _("Stripe does not accept this key. Nothing was changed."))
    except provider_keys.InTestMode:
        form.add_error(
            "secret",
            _(
                "This is a key of the test mode. If that is what you want, say so below; else take a live one."
            ),
        )
    except provider_keys.LiveKeys:
        form.add_error("secret", _("This site is a demonstration: it takes keys of the test mode only."))
    except SealBroken:
        form.add_error("secret", _("The keys kept so far cannot be read any more: enter all of them anew."))
    except Unreachable:
        form.add_error(
            None, _("Stripe does not answer just now, so the key could not be checked. Nothing was changed.")
        )
    else:
        messages.success(request, _("The keys are accepted by Stripe and kept. Donors can give by card now."))
        return True
    return False


@never_cache
@login_required
def off(request: HttpRequest, slug: str) -> HttpResponse:
    """Take no more cards, after confirming."""
    organisation = _set_up(request, slug)
    known = provider_keys.in_use(organisation)
    if known is None:
        return redirect("crowdfunding:treasury_gateways", slug)
    if request.method == "POST":
        provider_keys.switch_off(organisation, by=request.user)
        messages.success(
            request, _("No more payments are begun with this account. Those under way come to their end.")
        )
        return redirect("crowdfunding:treasury_gateways", slug)
    return render(
        request, "crowdfunding/treasury_gateway_off.html", {"organisation": organisation, "account": known}
    )
