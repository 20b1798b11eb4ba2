"""Rewards on their way: the donor says where to, the team sends, the donor says that it arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from core.domain.notices import quiet
from core.domain.permissions import MANAGERS, roles
from core.journal import record
from core.models import Person
from core.money import text
from plugins.crowdfunding.domain import codes, pledges, reward_letters, rewards
from plugins.crowdfunding.domain.lifecycles import NotPossible, after
from plugins.crowdfunding.models import Campaign, Delivery, Pledge, Reward
from plugins.crowdfunding.verbs import DELIVERIES_EXPORTED, RETURN_PUBLISHED, REWARD_PROBLEM, REWARDS_SENT

KEPT_FOR = timedelta(days=90)
"""How long after a reward arrived its address is kept, for one that comes back."""
AT_ONCE = 200
"""Letters written in one transaction."""
SEVERAL = 100
"""Rewards marked as sent at once, at most."""
COLUMNS = (
    "code", "reward", "state", "given", "name", "e-mail", "recipient", "address", "telephone", "carrier",
    "parcel number", "sent", "problem",
)  # fmt: skip
STANDING = frozenset({Pledge.State.RECEIVED})


class AddressMissing(ValueError):
    """A parcel cannot be sent: its donor has not said where to."""


class AlreadyPublished(ValueError):
    """The collective return was published before."""


def visible(person: Person, campaign: Campaign) -> QuerySet[Delivery]:
    """The deliveries a person may see: all for the campaign's team, those of its own products for a producer."""
    rows = Delivery.objects.filter(reward__campaign=campaign)
    if rewards.may_offer(person, campaign):
        return rows
    mine = [
        reward.pk
        for reward in rewards.of_campaign(campaign)
        if reward.producer is not None and roles(person, reward.producer) & MANAGERS
    ]
    return rows.filter(reward__in=mine)


def may_see(person: Person, campaign: Campaign) -> bool:
    """Whether the person has anything to do with this campaign's parcels."""
    if rewards.may_offer(person, campaign):
        return True
    producers = {row.producer for row in rewards.of_campaign(campaign) if row.producer is not None}
    return any(roles(person, producer) & MANAGERS for producer in producers)


def counts(rows: QuerySet[Delivery]) -> dict[str, int]:
    """How many deliveries are in each state; one query."""
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in Delivery.State.values}


def with_pledges(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With what a line of the list shows, in the same query."""
    return rows.select_related("pledge", "reward__campaign")


def of_pledge(pledge: Pledge) -> Delivery | None:
    """The reward of a pledge, for its private page; one query."""
    return (
        Delivery.objects.select_related("reward__producer", "reward__campaign").filter(pledge=pledge).first()
    )


def _lock(row: Delivery) -> tuple[Pledge, Delivery]:
    """The pledge, then its delivery, as they are now."""
    pledge = pledges.lock(row.pledge)
    return pledge, Delivery.objects.select_related("reward").select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def say_where(row: Delivery, *, recipient: str, address: str, phone: str) -> None:
    """The donor says where the parcel goes, until it is sent; raises NotPossible before the money is there."""
    _pledge, found = _lock(row)
    if found.state not in {Delivery.State.TO_SEND, Delivery.State.PROBLEM} or not found.reward.needs_address:
        raise NotPossible(found.state, "address")
    found.recipient, found.address, found.phone = recipient, address, phone
    found.save(update_fields=["recipient", "address", "phone"])


@transaction.atomic
def confirm(row: Delivery) -> None:
    """The donor says that it arrived; raises NotPossible."""
    _pledge, found = _lock(row)
    found.state = after(rewards.DELIVERY, found.state, "confirm")
    found.ended_at, found.problem = timezone.now(), ""
    found.save(update_fields=["state", "ended_at", "problem"])


@transaction.atomic
def complain(row: Delivery, words: str) -> None:
    """The donor says that something is wrong with it; the team is told and sees it first. Raises NotPossible."""
    pledge, found = _lock(row)
    found.state = after(rewards.DELIVERY, found.state, "complain")
    found.ended_at, found.problem = None, words
    found.save(update_fields=["state", "ended_at", "problem"])
    record(None, REWARD_PROBLEM, pledge.campaign, organisation=pledge.collector)


@transaction.atomic
def send(
    rows: QuerySet[Delivery], campaign: Campaign, *, carrier: str, numbers: Mapping[str, str], by: Person
) -> int:
    """Mark rewards as sent and tell their donors; all or none.

    Raises NotPossible when one cannot be sent (its gift was contested or given back, somebody else sent it) and
    AddressMissing when it goes by post and nobody said where to.
    """
    wanted = list(rows.order_by("pledge_id").values_list("pk", "pledge_id"))
    # Pledges first and in order, like everybody: nobody can wait for one that we hold while holding one we want.
    held = Pledge.objects.select_related("campaign__project", "collector").select_for_update(of=("self",))
    owners = {pledge.pk: pledge for pledge in held.filter(pk__in=[pk for _, pk in wanted]).order_by("pk")}
    mine = Delivery.objects.select_related("reward").select_for_update(of=("self",)).order_by("pk")
    for delivery in mine.filter(pk__in=[pk for pk, _ in wanted]):
        _send(owners[delivery.pledge_id], delivery, carrier, numbers.get(delivery.uid, ""))
    if wanted:
        with quiet():
            record(by, REWARDS_SENT, campaign, number=len(wanted))
    return len(wanted)


def _send(pledge: Pledge, delivery: Delivery, carrier: str, number: str) -> None:
    if pledge.state not in STANDING:
        raise NotPossible(pledge.state, "send")
    delivery.state = after(rewards.DELIVERY, delivery.state, "send")
    if delivery.reward.needs_address and not delivery.address:
        raise AddressMissing(delivery.uid)
    delivery.carrier, delivery.number, delivery.problem = carrier, number, ""
    delivery.sent_at = timezone.now()
    delivery.save(update_fields=["state", "carrier", "number", "problem", "sent_at"])
    reward_letters.sent(pledge, delivery)


@transaction.atomic
def publish(reward: Reward, url: str, *, by: Person | None) -> None:
    """A collective return is there: its address is shown and every donor told; raises AlreadyPublished."""
    found = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
    if found.published_at is not None or found.is_individual:
        raise AlreadyPublished(found.uid)
    found.published_url, found.published_at, found.told_until = url, timezone.now(), 0
    found.save(update_fields=["published_url", "published_at", "told_until"])
    record(by, RETURN_PUBLISHED, found.campaign, title=rewards.fact_title(found))


@transaction.atomic
def correct_address(reward: Reward, url: str) -> None:
    """Another address of a published return; nobody is told again."""
    Reward.objects.filter(pk=reward.pk, published_at__isnull=False).update(published_url=url)


def tell_returns(limit: int = 20) -> int:
    """Tell donors of published returns, some letters at a time; gives how many donors were told."""
    told = 0
    for _turn in range(limit):
        reward = Reward.objects.filter(told_until__isnull=False).order_by("pk").first()
        if reward is None:
            break
        told += tell_some(reward)
    return told


@transaction.atomic
def tell_some(row: Reward) -> int:
    """Write the next letters about one return, and how far they go, in one transaction."""
    reward = (
        Reward.objects.select_related("campaign").select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    )
    if reward.told_until is None:
        return 0
    some = list(donors(reward.campaign).filter(pk__gt=reward.told_until).order_by("pk")[:AT_ONCE])
    for pledge in some:
        reward_letters.returned(pledge, reward)
    reward.told_until = some[-1].pk if some else None
    reward.save(update_fields=["told_until"])
    return len(some)


def donors(campaign: Campaign) -> QuerySet[Pledge]:
    """Pledges whose money came and that left an address."""
    rows = Pledge.objects.filter(campaign=campaign, state__in=STANDING).exclude(email="")
    return rows.select_related("campaign", "collector")


def forget_addresses(now: datetime | None = None) -> int:
    """Erase addresses of parcels that arrived a while ago, and of rewards that were given back."""
    limit = (now or timezone.now()) - KEPT_FOR
    over = Delivery.objects.filter(
        state__in=[Delivery.State.RECEIVED, Delivery.State.FREED], ended_at__lt=limit
    ).exclude(recipient="", address="", phone="")
    return over.update(recipient="", address="", phone="")


@transaction.atomic
def note_export(campaign: Campaign, by: Person) -> None:
    """Who took a list with addresses away is written down."""
    with quiet():
        record(by, DELIVERIES_EXPORTED, campaign)


def table(rows: QuerySet[Delivery]) -> Iterator[tuple[str, ...]]:
    """Deliveries as rows of a table, fetched in pieces; the columns are ``COLUMNS``."""
    for row in with_pledges(rows).order_by("pk").iterator(chunk_size=500):
        pledge = row.pledge
        yield (
            codes.shown(pledge.code), row.reward.title, str(row.get_state_display()), text(pledge.amount, "fr"),
            pledge.name, pledge.email, row.recipient, row.address.replace("\r\n", "\n"), row.phone, row.carrier,
            row.number, row.sent_at.date().isoformat() if row.sent_at else "", row.problem,
        )  # fmt: skip
