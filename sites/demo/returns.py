"""What the campaigns of the demonstration give back: rewards, collective returns, and news for who gave."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import money
from core.models import Organisation
from core.text import paragraphs
from plugins.crowdfunding.domain import rewards, updates
from plugins.crowdfunding.models import Campaign, Reward

Row = dict[str, Any]


def load_rewards(campaign: Campaign, row: Row) -> dict[int, Reward]:
    """Rewards of a campaign's row; gives which of its gifts, by number, chose which."""
    chosen: dict[int, Reward] = {}
    for found in row.get("rewards", []):
        made = rewards.offer(campaign, offer_of(campaign, found), by=None)
        chosen |= dict.fromkeys(found.get("chosen", []), made)
    return chosen


def offer_of(campaign: Campaign, row: Row) -> rewards.Offer:
    """A row of the data as what a form would say."""
    producer = Organisation.objects.get(slug=row["producer"]) if "producer" in row else None
    texts = {
        code: {"title": text["title"], "description": str(paragraphs(text.get("description", "")))}
        for code, text in row["texts"].items()
    }
    return rewards.Offer(
        kind=row["kind"],
        texts=texts,
        amount=money.parse(row.get("from", "0"), campaign.currency),
        stock=row.get("stock"),
        delivery_on=date.fromisoformat(row["expected"]),
        needs_address=row.get("by_post", False),
        licence=row.get("licence", ""),
        producer=producer,
    )


def load_news(campaign: Campaign, row: Row) -> None:
    """News of a campaign's row, published; its donors get them in the mailbox of the demonstration."""
    for number, found in enumerate(row.get("news", []), start=1):
        texts = {
            code: {"title": text["title"], "body": str(paragraphs(text["body"]))}
            for code, text in found["texts"].items()
        }
        made = updates.write(
            campaign,
            texts,
            by=None,
            backers_only=found.get("backers_only", False),
            language="fr",
            form_key=f"demo-news-{campaign.uid[-20:]}-{number}",
        )
        updates.publish(made, by=None)
