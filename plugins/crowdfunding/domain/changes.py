"""What a donor changes on the private page: pay by transfer instead, take the promise back, find lost links."""

from __future__ import annotations

from contextlib import suppress

from plugins.crowdfunding.domain import checkouts, move_letters, outcomes, pledges, providers, rules
from plugins.crowdfunding.domain.collectors import NotAuthorised
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import Campaign, CollectorSettings, Payment, Pledge

NEWEST = 20
"""How many links one letter holds."""


def ways(campaign: Campaign) -> list[str]:
    """Ways of giving that collector and currency offer, the easiest first; a promise alone is a transfer."""
    account = CollectorSettings.objects.filter(organisation=campaign.collector_id).first()
    if account is None or not account.may_collect():
        return [Pledge.Channel.TRANSFER.value]
    found = providers.channels(campaign)
    if len(found) > 1 and not account.takes(campaign.currency):
        found.remove(Pledge.Channel.TRANSFER.value)
    return found


def shut_pages(row: Pledge) -> Pledge:
    """Make unfinished pages of the provider impossible before anything is changed; gives the pledge as it is then.

    Raises NotPossible when the bank already has the money, and GatewayError when the provider cannot be asked.
    """
    rows = row.payments.filter(state__in=Payment.UNFINISHED).exclude(way=Payment.Way.CHARGE)
    for payment in list(rows.select_related("pledge__campaign", "pledge__collector", "account", "collector")):
        with suppress(outcomes.Mismatch):
            done = checkouts.follow(payment, void=True)
            if done.state == Payment.State.PROCESSING:
                raise NotPossible(row.state, "change")
    return Pledge.objects.select_related("campaign__project", "campaign__collector", "collector").get(
        pk=row.pk
    )


def to_transfer(row: Pledge) -> Pledge:
    """Pay by bank transfer instead of a card; raises NotPossible, Frozen, GatewayError."""
    if row.state == Pledge.State.SECURED:
        rules.check_not_frozen(
            row.campaign
        )  # a card that is sure must not become a transfer that may not come
    if Pledge.Channel.TRANSFER.value not in ways(row.campaign):
        raise NotPossible(row.state, "transfer")
    found = shut_pages(row)
    if found.state == Pledge.State.PLEDGED and found.channel in Pledge.OFFLINE:
        return found
    return pledges.switch(found)


def cancel(row: Pledge) -> Pledge:
    """Take a promise back, its open pages first; raises NotPossible, Frozen, GatewayError."""
    rules.check_not_frozen(row.campaign)
    return pledges.cancel(shut_pages(row))


def send_links(email: str, language: str) -> None:
    """Mail the private links of an address to that address; nothing when it never gave."""
    rows = Pledge.objects.filter(email=email).select_related("campaign").order_by("-pk")
    found = list(rows.exclude(state=Pledge.State.MOVED)[:NEWEST])
    if found:
        move_letters.links(email, found, language)


def pay_moved(row: Pledge) -> None:
    """A card moved to a campaign that keeps every gift is charged now; a provider that is silent is asked again."""
    if row.state != Pledge.State.SECURED or row.campaign.is_conditional:
        return
    with suppress(GatewayError, outcomes.Mismatch, NotPossible, NotAuthorised):
        checkouts.charge(row)


def sweep_moved(limit: int = 100) -> int:
    """Charge moved cards whose charge was never answered; gives how many were asked."""
    rows = Pledge.objects.filter(state=Pledge.State.SECURED, moved_from__isnull=False)
    going = [Campaign.State.OPEN, Campaign.State.CLOSED]  # moved on its last day, charged after it
    rows = rows.exclude(campaign__kind__in=Campaign.CONDITIONAL).filter(campaign__state__in=going)
    found = list(rows.select_related("campaign", "collector").order_by("pk")[:limit])
    for row in found:
        pay_moved(row)
    return len(found)
