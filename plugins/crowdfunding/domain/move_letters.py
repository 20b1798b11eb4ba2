"""Letters about the private link of a pledge: it moved to another project, or its donor lost it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone, translation
from django.utils.translation import gettext

from core.conf import absolute
from core.domain.mail import post
from core.money import isolated
from plugins.crowdfunding.domain.letters import FOLDER, facts, send
from plugins.crowdfunding.models import Pledge


def moved(old: Pledge, pledge: Pledge) -> None:
    """The gift is for another project now, with a page and a link of its own."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "action": gettext("Open my gift"),
            "before": old.campaign.title,
            "received": pledge.state == Pledge.State.RECEIVED,
            "transfer": pledge.state == Pledge.State.PLEDGED and pledge.channel in Pledge.OFFLINE,
        }
        send(pledge, "moved", f"moved.{pledge.uid}", more)


def links(email: str, rows: Sequence[Pledge], language: str) -> None:
    """The private links of all gifts of an address, at most one letter in ten minutes."""
    now = timezone.now()
    with translation.override(language):
        lines = [
            {
                "amount": isolated(row.amount, language),
                "campaign": row.campaign.title,
                "state": str(row.get_state_display()),
                "url": absolute(row.get_absolute_url()),
            }
            for row in rows
        ]
        more = {"url": lines[0]["url"], "action": gettext("Open my newest gift"), "lines": lines}
    slot = f"{now:%Y%m%d%H}{now.minute // 10}"
    key = f"crowdfunding.links.{rows[0].uid}.{slot}"
    post(email, f"{FOLDER}/links", more, language=language, key=key)
