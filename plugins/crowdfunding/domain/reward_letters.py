"""Letters about rewards: where to send it, that it is on its way, that a collective return is there."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from plugins.crowdfunding.domain.letters import facts, send
from plugins.crowdfunding.models import Delivery, Pledge, Reward


def where_to(pledge: Pledge, delivery: Delivery) -> None:
    """The gift is there: ask for the address of the parcel, on the private page alone."""
    with translation.override(pledge.language):
        more = facts(pledge) | delivery.facts() | {"action": gettext("Say where to send it")}
        send(pledge, "reward_where", f"reward.where.{delivery.uid}", more)


def sent(pledge: Pledge, delivery: Delivery) -> None:
    """The reward is on its way; one letter each time it is sent."""
    with translation.override(pledge.language):
        more = facts(pledge) | delivery.facts() | {"action": gettext("Say that it arrived")}
        key = f"reward.sent.{delivery.uid}.{delivery.sent_at:%Y%m%d%H%M%S}"
        send(pledge, "reward_sent", key, more)


def returned(pledge: Pledge, reward: Reward) -> None:
    """What the campaign gives to everybody can be had from now on; each donor is told once."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "url": reward.published_url,
            "action": gettext("Open it"),
            "reward": reward.title,
            "licence": reward.licence_name if reward.licence else "",
        }
        send(pledge, "reward_returned", f"return.{reward.uid}.{pledge.donor}", more)
