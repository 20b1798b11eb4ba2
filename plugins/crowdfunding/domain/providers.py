"""Which provider an organisation collects with: its own account and keys, or the demonstration's."""

from __future__ import annotations

import json

from django.db import transaction

from core.conf import instance
from core.models import Organisation
from core.secrets import SealBroken, seal, unseal
from plugins.crowdfunding.gateways import hosted
from plugins.crowdfunding.gateways.base import Credentials, Unreachable
from plugins.crowdfunding.models import Campaign, GatewayAccount, Pledge

PURPOSE = "crowdfunding gateway keys"
DEMO = "demo"


class NoProvider(ValueError):
    """The organisation takes no card: it has no account at a provider, or not for this currency."""


class KeysLost(Unreachable, SealBroken):
    """The account's keys cannot be opened: as if its provider did not answer, until somebody enters them anew."""


def sealed(secret: str, webhook_secret: str) -> str:
    """Both secrets as they are stored."""
    return seal(json.dumps([secret, webhook_secret]), PURPOSE)


def credentials(account: GatewayAccount) -> Credentials:
    """The account's secrets in the clear, for one call; raises KeysLost."""
    if not account.sealed:
        return Credentials(account=account.account)
    try:
        secret, webhook_secret = json.loads(unseal(account.sealed, PURPOSE))
    except SealBroken as error:
        raise KeysLost("keys_lost") from error
    return Credentials(account=account.account, secret=secret, webhook_secret=webhook_secret)


def account_of(organisation: Organisation) -> GatewayAccount | None:
    """The account in use; in a demonstration without keys the demonstration's own provider. None: no card."""
    rows = GatewayAccount.objects.filter(organisation=organisation, enabled=True)
    found = {row.gateway: row for row in rows}
    real = next((row for name, row in sorted(found.items()) if name != DEMO), None)
    if real is not None or not instance().demo:
        return real
    return found.get(DEMO) or _demo(organisation)


@transaction.atomic
def _demo(organisation: Organisation) -> GatewayAccount:
    """The account of the demonstration's provider, made when first needed."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    known = GatewayAccount.objects.filter(organisation=organisation, gateway=DEMO, enabled=True).first()
    if known is not None:
        return known
    made = GatewayAccount(organisation=organisation, gateway=DEMO, test=True)
    made.account = made.uid  # the address its events are sent to ends with the uid: it needs no other name
    made.save(force_insert=True)
    return made


def channels(campaign: Campaign) -> list[str]:
    """Ways of giving that a donor can choose for a campaign, the easiest first."""
    account = account_of(campaign.collector)
    offered = hosted(account.gateway).channels if account is not None else frozenset()
    order = [Pledge.Channel.CARD, Pledge.Channel.DEBIT, Pledge.Channel.TRANSFER]
    found = [str(way) for way in order if way in offered or way == Pledge.Channel.TRANSFER]
    if campaign.currency != "EUR" and Pledge.Channel.DEBIT in found:
        found.remove(Pledge.Channel.DEBIT)  # SEPA moves euros only
    return found
