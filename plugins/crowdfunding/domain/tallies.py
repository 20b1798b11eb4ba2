"""What a campaign has, kept up to date in the transaction of each change."""

from __future__ import annotations

from django.db.models import F, QuerySet

from core.prepared import prepared
from plugins.crowdfunding.models import Campaign, Pledge, Tally


def create(campaign: Campaign) -> Tally:
    """The empty tally of a new campaign."""
    return Tally.objects.create(campaign=campaign)


def promise(pledge: Pledge, sign: int) -> None:
    """A promise began to wait (1) or no longer waits (-1)."""
    Tally.objects.filter(campaign_id=pledge.campaign_id).update(
        promised_minor=F("promised_minor") + sign * pledge.amount_minor, promises=F("promises") + sign
    )


def gift(pledge: Pledge, amount_minor: int, sign: int) -> None:
    """A gift came (1) or no longer counts (-1); call while the pledge's row still has its state before the change.

    A donor with several gifts is one backer.
    """
    alone = not _others(pledge.campaign_id, pledge.donor, pledge.pk)
    Tally.objects.filter(campaign_id=pledge.campaign_id).update(
        received_minor=F("received_minor") + sign * amount_minor,
        gifts=F("gifts") + sign,
        backers=F("backers") + (sign if alone else 0),
    )


@prepared
def _others(campaign: int, donor: str, pk: int) -> QuerySet[Pledge]:
    """Another gift of the donor to the campaign, if there is one."""
    rows = Pledge.objects.filter(campaign_id=campaign, donor=donor, state=Pledge.State.RECEIVED)
    return rows.exclude(pk=pk).only("pk")[:1]


def change(pledge: Pledge, minor: int) -> None:
    """A gift that still counts became larger or smaller, by a refund or a dispute in part."""
    Tally.objects.filter(campaign_id=pledge.campaign_id).update(received_minor=F("received_minor") + minor)


def change_promise(pledge: Pledge, minor: int) -> None:
    """A promise that waits became larger or smaller."""
    Tally.objects.filter(campaign_id=pledge.campaign_id).update(promised_minor=F("promised_minor") + minor)


def waits(state: str) -> bool:
    """Whether a pledge in this state counts among the promises."""
    return state in Pledge.WAITING
