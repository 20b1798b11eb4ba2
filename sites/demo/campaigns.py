"""Campaigns with a few gifts: promised by guests, some of them seen on the account by a treasurer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import money
from core.models import Organisation, Project
from core.text import paragraphs
from plugins.crowdfunding.domain import campaigns, collectors, payments, pledges, rules
from plugins.crowdfunding.models import Campaign, Reward
from sites.demo import money as ways
from sites.demo import returns
from sites.demo.source import rows

RIB = "007" + "780" + "0000000000000000"
"""Bank, town and account of the demonstration's Moroccan RIB, without its key."""


def with_key(stem: str) -> str:
    """A RIB with the two digits that make it valid."""
    return f"{stem}{97 - int(stem + '00') % 97:02}"


def load_campaigns() -> None:
    """Campaigns of projects that have none yet."""
    for row in rows("campaigns"):
        project = Project.objects.get(slug=row["project"])
        if not Campaign.objects.filter(project=project).exists():
            load_campaign(project, row)


@transaction.atomic
def load_campaign(project: Project, row: dict[str, Any]) -> None:
    """One campaign, opened, with its gifts."""
    collector = Organisation.objects.get(slug=row["collector"])
    set_up(collector, row)
    texts = {code: {**text, "story": str(paragraphs(text["story"]))} for code, text in row["texts"].items()}
    campaign = campaigns.prepare(
        project,
        by=None,
        texts=texts,
        goal=money.parse(row["goal"], row["currency"]),
        opens_on=date.fromisoformat(row["opens"]),
        closes_on=date.fromisoformat(row["closes"]),
        collector=collector,
        receiver=Organisation.objects.get(slug=row["receiver"]),
        terms=rules.Terms(row.get("kind", Campaign.Kind.KEEP)),
        is_sample=True,
    )
    campaigns.open_(campaign, by=None)
    campaign.refresh_from_db()
    ways.plan_steps(campaign, row)
    chosen = returns.load_rewards(campaign, row)
    for number, (amount, name, arrived) in enumerate(row.get("gifts", []), start=1):
        given = money.parse(amount, row["currency"])
        give(campaign, number, amount=given, name=name, arrived=arrived, reward=chosen.get(number))
    returns.load_news(campaign, row)


def set_up(collector: Organisation, row: dict[str, Any]) -> None:
    """The collector's bank details; a Moroccan one also enters its (invented) authorisation."""
    account: dict[str, Any] = {"account_holder": row["holder"], "country": "MA" if row.get("rib") else "FR"}
    if row.get("rib"):
        account |= {
            "rib": with_key(RIB),
            "authorisation_number": "DEMO-18-18",
            "authorised_from": timezone.localdate() - timedelta(days=60),
            "authorised_until": timezone.localdate() + timedelta(days=300),
        }
    else:
        account |= {"iban": row["iban"], "bic": row["bic"]}
    collectors.save(collector, by=None, **account)


def give(
    campaign: Campaign, number: int, *, amount: Any, name: str, arrived: bool, reward: Reward | None = None
) -> None:
    """A guest's promise, and its arrival when the data says so."""
    donor = pledges.Donor(
        email=f"donor{number}@{campaign.project.slug}.example", name=name, anonymous=not name
    )
    pledge = pledges.pledge(campaign, donor, amount, form_key=f"demo-{campaign.uid}-{number}", reward=reward)
    if arrived:
        receipt = payments.Receipt(amount=amount, received_on=timezone.localdate(), channel="transfer")
        payments.receive(pledge, receipt, by=None)
