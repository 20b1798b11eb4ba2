"""Letters to witnesses: the invitation, a claim to look at, a reminder."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from core.conf import absolute
from core.domain.mail import post
from core.models import Person
from plugins.crowdfunding.domain.letters import FOLDER
from plugins.crowdfunding.models import Milestone, Witness


def invited(witness: Witness, *, by: Person | None) -> None:
    """What a witness does, and the private link."""
    with translation.override(witness.language):
        facts = {
            "url": absolute(witness.get_absolute_url()),
            "action": gettext("Read and answer"),
            "name": witness.name,
            "by": by.name if by is not None else "",
            "campaign": witness.campaign.title,
            "project": witness.campaign.project.title,
        }
        key = f"crowdfunding.witness.{witness.uid}.{witness.invited_at:%Y%m%d%H%M%S}"
        _post(witness, "witness_invited", facts, key)


def asked(witness: Witness, milestone: Milestone, *, reminder: int = 0) -> None:
    """A step is said to be done: please look, and say what you saw."""
    with translation.override(witness.language):
        facts = {
            "url": absolute(reverse("crowdfunding:testify", args=[witness.token, milestone.uid])),
            "action": gettext("Say what I saw"),
            "name": witness.name,
            "step": milestone.position,
            "title": milestone.title,
            "note": milestone.note,
            "campaign": milestone.campaign.title,
            "reminder": bool(reminder),
        }
        key = f"crowdfunding.asked.{witness.uid}.{milestone.uid}.{milestone.claim}.{reminder}"
        _post(witness, "witness_asked", facts, key)


def _post(witness: Witness, template: str, facts: Mapping[str, object], key: str) -> None:
    if witness.email:
        post(witness.email, f"{FOLDER}/{template}", facts, language=witness.language, key=key)
