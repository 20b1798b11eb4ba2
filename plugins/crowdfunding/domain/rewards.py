"""Rewards: offered on a campaign, claimed with a promise, given back to the stock when the promise ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from moneyed import Money

from core.domain.notices import quiet
from core.domain.permissions import MANAGERS, TREASURERS, roles
from core.journal import record
from core.models import Organisation, Person
from core.money import minor
from core.prepared import prepared
from core.text import clean
from plugins.crowdfunding.domain import reward_letters
from plugins.crowdfunding.domain.lifecycles import Table, after
from plugins.crowdfunding.models import Campaign, Delivery, Pledge, Reward
from plugins.crowdfunding.verbs import REWARD_CHANGED, REWARD_OFFERED, REWARD_WITHDRAWN

Texts = Mapping[str, Mapping[str, str]]
_D = Delivery.State

DELIVERY: Table = {
    _D.RESERVED: {"arrive": _D.TO_SEND, "free": _D.FREED},
    # Undoing a payment puts the reward back to waiting; money given back frees what was not sent yet.
    _D.TO_SEND: {"wait": _D.RESERVED, "free": _D.FREED, "send": _D.SENT},
    _D.SENT: {"confirm": _D.RECEIVED, "complain": _D.PROBLEM},
    _D.PROBLEM: {"send": _D.SENT, "confirm": _D.RECEIVED},
    _D.RECEIVED: {"complain": _D.PROBLEM},
    # Money that came late takes one again, if there is one left.
    _D.FREED: {"arrive": _D.TO_SEND, "wait": _D.RESERVED},
}
"""State → act → next state of a donor's reward."""

ENDED = frozenset(
    {
        Pledge.State.REFUNDED,
        Pledge.State.RELEASED,
        Pledge.State.MOVED,
        Pledge.State.KEPT,
        Pledge.State.CANCELLED,
        Pledge.State.EXPIRED,
    }
)
"""States of a pledge that give its reward back. A contested one keeps it until the bank has decided."""

SENT_TWICE = timedelta(minutes=10)
"""How long the same reward by the same person counts as one form sent twice."""


class NotOffered(ValueError):
    """The reward is not one of this campaign's, was withdrawn, or the amount is below its own."""


class SoldOut(ValueError):
    """The last one was just taken."""


class OnePerDonor(ValueError):
    """This donor already has as many as one may have."""


class StockTaken(ValueError):
    """The stock would fall below what is set aside already."""

    def __init__(self, taken: int) -> None:
        super().__init__(str(taken))
        self.taken = taken


@dataclass(frozen=True)
class Offer:
    """What a reward is, as its form says it."""

    kind: str
    texts: Texts
    amount: Money
    stock: int | None = None
    per_donor: int | None = None
    delivery_on: date | None = None
    needs_address: bool = False
    licence: str = ""
    licence_text: str = ""
    producer: Organisation | None = None


def may_offer(person: Person, campaign: Campaign) -> bool:
    """Whether the person may change rewards: who answers for the collection or for the project, no one else.

    Animators of the instance do not: donors' addresses hang on it.
    """
    team = MANAGERS | TREASURERS
    return bool(roles(person, campaign.collector) & team) or bool(
        roles(person, campaign.project.owner) & MANAGERS
    )


def of_campaign(campaign: Campaign) -> list[Reward]:
    """All rewards of a campaign that are offered or were; one query."""
    found = _shown(campaign.pk)
    for reward in found:
        reward.campaign = campaign
    return found


@prepared
def _shown(campaign: int) -> QuerySet[Reward]:
    """A campaign's rewards as they are offered."""
    return Reward.objects.filter(campaign_id=campaign).shown()


def offered(campaign: Campaign) -> list[Reward]:
    """Rewards and collective returns that stand; one query."""
    return [reward for reward in of_campaign(campaign) if reward.withdrawn_at is None]


def choosable(campaign: Campaign) -> list[Reward]:
    """Rewards a donor can choose now."""
    return [reward for reward in offered(campaign) if reward.is_available]


def claim(pledge: Pledge, reward: Reward) -> Delivery:
    """Set one aside for a pledge just made; in its transaction, after the tally, as the last lock taken.

    Raises NotOffered, SoldOut and OnePerDonor; the pledge must then be undone with its transaction.
    """
    found = _hold(reward)
    if (
        found.campaign_id != pledge.campaign_id
        or not found.is_individual
        or found.withdrawn_at is not None
        or pledge.amount_minor < found.from_minor
    ):
        raise NotOffered(str(found))
    if not _is_left(found):
        raise SoldOut(str(found))
    if found.per_donor is not None:
        mine = found.deliveries.filter(pledge__donor=pledge.donor, state__in=Delivery.HOLDING)
        if mine.count() >= found.per_donor:
            raise OnePerDonor(str(found))
    made = Delivery.objects.create(pledge=pledge, reward=found)
    follow(pledge)
    return made


def _hold(reward: Reward) -> Reward:
    """The reward's row, held: who counts the stock and takes one of it does so alone."""
    return Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)


def _is_left(reward: Reward) -> bool:
    return reward.stock is None or reward.deliveries.filter(state__in=Delivery.HOLDING).count() < reward.stock


def free(pledge: Pledge) -> None:
    """Give the reward of an ended pledge back to the stock; what was sent already stays with the donor."""
    delivery = _of(pledge)
    if delivery is not None and "free" in DELIVERY[delivery.state]:
        _turn(delivery, "free")


def follow(pledge: Pledge) -> None:
    """Bring the reward of a pledge to what the pledge's state asks; in the transaction of its change.

    It is called whenever a pledge's state is saved (see ``apps.py``), so that no way of ending one can forget it.
    """
    if pledge.state in ENDED:
        free(pledge)
        return
    act = {Pledge.State.RECEIVED: "arrive", Pledge.State.DISPUTED: ""}.get(Pledge.State(pledge.state), "wait")
    delivery = _of(pledge)
    if delivery is None or act not in DELIVERY[delivery.state]:
        return
    if delivery.state == _D.FREED and not _is_left(_hold(delivery.reward)):
        return  # nothing is left: the gift counts, the reward is gone, the private page says so
    _turn(delivery, act)
    if delivery.waits_for_address:
        reward_letters.where_to(pledge, delivery)


def _of(pledge: Pledge) -> Delivery | None:
    """The pledge's delivery, held; its pledge is held already, so nobody makes one meanwhile."""
    if not _any_of(pledge.pk):
        return None
    return Delivery.objects.select_related("reward").select_for_update(of=("self",)).get(pledge=pledge)


@prepared
def _any_of(pledge: int) -> QuerySet[Delivery]:
    """The delivery of a pledge, not held: most have none."""
    return Delivery.objects.filter(pledge_id=pledge)


def _turn(delivery: Delivery, act: str) -> None:
    delivery.state = after(DELIVERY, delivery.state, act)
    delivery.ended_at = timezone.now() if delivery.state == _D.FREED else None
    delivery.save(update_fields=["state", "ended_at"])


def washed(texts: Texts) -> dict[str, dict[str, str]]:
    """Plain titles and washed descriptions; languages without a title are left out."""
    return {
        language: {
            "title": " ".join(text["title"].split())[:120],
            "description": str(clean(text.get("description", ""))),
        }
        for language, text in texts.items()
        if text.get("title", "").strip()
    }


@transaction.atomic
def offer(campaign: Campaign, what: Offer, *, by: Person | None) -> Reward:
    """A new reward; the same form sent twice by the same person is one."""
    # Two of the same form at once wait for each other here.
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    texts = washed(what.texts)
    recent = Reward.objects.filter(campaign=campaign, made_by=by, created_at__gt=timezone.now() - SENT_TWICE)
    if by is not None and (known := recent.filter(texts=texts, from_minor=minor(what.amount)).first()):
        return known
    made = Reward.objects.create(campaign=campaign, made_by=by, **_columns(what, texts))
    with quiet():
        record(by, REWARD_OFFERED, campaign, title=fact_title(made))
    return made


def _columns(what: Offer, texts: dict[str, dict[str, str]]) -> dict[str, object]:
    """What an offer writes; a collective return has neither stock nor parcels, a reward no licence."""
    own = what.kind == Reward.Kind.INDIVIDUAL
    return {
        "kind": what.kind,
        "texts": texts,
        "from_minor": minor(what.amount) if own else 0,
        "stock": what.stock if own else None,
        "per_donor": what.per_donor if own else None,
        "needs_address": what.needs_address and own,
        "delivery_on": what.delivery_on,
        "licence": "" if own else what.licence,
        "licence_text": "" if own or what.licence != Reward.Licence.OTHER else what.licence_text,
        "producer": what.producer,
    }


def fact_title(reward: Reward) -> dict[str, str]:
    """A reward's title in each of its languages, as a fact of the journal."""
    return {language: text["title"] for language, text in reward.texts.items()}


@transaction.atomic
def change(reward: Reward, what: Offer, *, by: Person | None) -> Reward:
    """Other words, amount, stock or month; who chose it keeps it. Raises StockTaken below what is set aside.

    What a donor chose stays what it was in kind: only one that nobody has may become the other kind.
    """
    found = _hold(reward)
    taken = found.deliveries.filter(state__in=Delivery.HOLDING).count()
    if taken and (what.kind != found.kind or (what.stock is not None and what.stock < taken)):
        raise StockTaken(taken)
    for name, value in _columns(what, washed(what.texts)).items():
        setattr(found, name, value)
    found.save()
    with quiet():
        record(by, REWARD_CHANGED, found.campaign, title=fact_title(found))
    return found


@transaction.atomic
def withdraw(reward: Reward, *, by: Person | None) -> None:
    """Offer it no more; who chose it keeps it."""
    found = _hold(reward)
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    with quiet():
        record(by, REWARD_WITHDRAWN, found.campaign, title=fact_title(found))


@transaction.atomic
def offer_again(reward: Reward, *, by: Person | None) -> None:
    """Offer a withdrawn reward again."""
    found = _hold(reward)
    if found.withdrawn_at is None:
        return
    found.withdrawn_at = None
    found.save(update_fields=["withdrawn_at"])
    with quiet():
        record(by, REWARD_OFFERED, found.campaign, title=fact_title(found))
