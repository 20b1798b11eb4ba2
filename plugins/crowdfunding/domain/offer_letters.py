"""Letters to those who offer things or days of work: one at each step, posted in its transaction."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from core import dates
from core.conf import absolute
from core.domain.mail import post
from plugins.crowdfunding.domain.letters import DAY, FOLDER
from plugins.crowdfunding.models import DaysOffer, InKindOffer


def things(offer: InKindOffer, step: str) -> None:
    """What was said or done about an offer of things."""
    with translation.override(offer.language):
        facts = _facts(offer, step) | {
            "what": "\n".join(f"– {thing}" for thing in offer.things.all()),
            "carrier": offer.carrier,
            "border_post": offer.border_post,
            "left": dates.text(offer.left_on, DAY),
            "expected": dates.text(offer.expected_on, DAY),
            "received": dates.text(offer.received_on, DAY),
            "received_by": offer.received_by,
            "note": offer.reception_note,
        }
        _post(offer, "things", step, facts)


def days(offer: DaysOffer, step: str) -> None:
    """What was said or done about an offer of days."""
    with translation.override(offer.language):
        facts = _facts(offer, step) | {
            "days": offer.days,
            "done_days": offer.done_days or 0,
            "done": dates.text(offer.done_on, DAY),
            "group": offer.group,
        }
        _post(offer, "days", step, facts)


def _facts(offer: InKindOffer | DaysOffer, step: str) -> dict[str, Any]:
    campaign = offer.campaign
    return {
        "step": step,
        "url": absolute(offer.get_absolute_url()),
        "action": gettext("Open my offer"),
        "name": offer.name,
        "campaign": campaign.title,
        "receiver": str(campaign.receiver),
        "answer": offer.answer,
    }


def _post(offer: InKindOffer | DaysOffer, kind: str, step: str, facts: dict[str, Any]) -> None:
    """The same step with the same facts is one letter; a transport whose facts changed is told again."""
    if not offer.email:
        return
    told = hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()[:12]
    key = f"crowdfunding.{kind}.{step}.{offer.uid}.{told}"
    post(offer.email, f"{FOLDER}/offer_{kind}", facts, language=offer.language, key=key)
