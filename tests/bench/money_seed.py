"""Fills the bench's database with money: campaigns of few and many gifts, card payments that wait for their event.

``python -m tests.bench.money_seed`` prints the addresses; ``… close <number>`` seeds a conditional
campaign, runs its closing and prints what that cost.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta

import django

FEW, MANY, EVENTS = 10, 10_000, 260
KEY, SECRET = "sk_test_bench", "whsec_bench"


def campaign(title: str, **facts):
    """An open campaign on a project of its own."""
    from django.utils import timezone

    from core.models import Organisation, Project
    from plugins.crowdfunding.domain import tallies
    from plugins.crowdfunding.models import Campaign, CollectorSettings

    owner = Organisation.objects.filter(kind="association").order_by("pk").first()
    iban = "FR7630006000011234567890189"
    CollectorSettings.objects.get_or_create(
        organisation=owner, defaults={"account_holder": owner.name, "iban": iban, "country": "FR"}
    )
    project = Project.objects.filter(slug__startswith="bench-").order_by("pk")[facts.pop("place")]
    today = timezone.localdate()
    made = Campaign.objects.create(
        project=project, collector=owner, receiver=owner, slug=title, state="open", currency="EUR",
        goal_minor=60_000_000, opens_on=today, closes_on=today + timedelta(days=30), proposed_minor=[2000, 5000],
        texts={"fr": {"title": title, "story": "<p>Pour le four.</p>"}}, **facts,
    )  # fmt: skip
    tallies.create(made)
    return made


def pledges(made, number: int, **facts):
    """Pledges of different donors, written at once."""
    from core.models.identity import new_uid
    from plugins.crowdfunding.models import Pledge

    rows = [
        Pledge(
            campaign=made, collector_id=made.collector_id, code=f"B{made.pk:02}{n:06}"[:12],
            form_key=f"bench-{made.pk}-{n:024}", currency="EUR", amount_minor=1000 + n % 50 * 100, donor=new_uid(),
            email=f"bench{n}@tiwizi.example", name=f"Donor {n}", anonymous=n % 5 == 0,
            message="Bon courage" if n % 3 == 0 else "", **facts,
        )
        for n in range(number)
    ]  # fmt: skip
    Pledge.objects.bulk_create(rows, batch_size=500)
    return list(Pledge.objects.filter(campaign=made).order_by("pk"))


def received(made, number: int) -> None:
    """So many gifts that came, with their payments and the tally; the ledger has no part in the page."""
    from django.utils import timezone

    from plugins.crowdfunding.models import Payment, Pledge, Tally

    rows = pledges(made, number, state=Pledge.State.RECEIVED)
    Payment.objects.bulk_create(
        [
            Payment(
                pledge=row, campaign=made, collector_id=made.collector_id, channel="transfer", currency="EUR",
                amount_minor=row.amount_minor, received_on=timezone.localdate(),
            )
            for row in rows
        ],
        batch_size=500,
    )  # fmt: skip
    total = sum(row.amount_minor for row in rows)
    Tally.objects.filter(campaign=made).update(received_minor=total, gifts=number, backers=number)


def waiting() -> dict[str, object]:
    """Card payments of one campaign on pages of Stripe's fake, where nobody has paid yet."""
    from plugins.crowdfunding.domain import checkouts, providers
    from plugins.crowdfunding.models import GatewayAccount, Pledge

    made = campaign("bench-events", place=3)
    account = GatewayAccount.objects.create(
        organisation=made.collector, gateway="stripe", sealed=providers.sealed(KEY, SECRET), test=True
    )
    for row in pledges(made, EVENTS, state=Pledge.State.STARTED, channel="card"):
        checkouts.begin(row, channel="card", return_url="https://tiwizi.example/", cancel_url="")
    return {"webhook": f"/webhooks/crowdfunding/stripe/{account.uid}/"}


def close(number: int) -> dict[str, float]:
    """A closing run over so many secured pledges at a provider that takes everything; CPU in milliseconds."""
    from django.utils import timezone

    from plugins.crowdfunding.domain import closing
    from plugins.crowdfunding.gateways import HOSTED
    from plugins.crowdfunding.models import Campaign, GatewayAccount, Mandate, Pledge, Tally

    HOSTED["bench"] = "tests.bench.till:Till"
    made = campaign("bench-closing", place=4, kind="all_or_nothing", needed_minor=100)
    account = GatewayAccount.objects.create(organisation=made.collector, gateway="bench", enabled=False)
    mandate = Mandate.objects.create(account=account, customer="cus", method="pm")
    rows = pledges(made, number, state=Pledge.State.SECURED, channel="card", mandate=mandate)
    total = sum(row.amount_minor for row in rows)
    Tally.objects.filter(campaign=made).update(promised_minor=total, promises=number)
    yesterday = timezone.localdate() - timedelta(days=1)
    Campaign.objects.filter(pk=made.pk).update(opens_on=yesterday - timedelta(days=9), closes_on=yesterday)
    began, wall = time.process_time(), time.monotonic()
    closing.run(Campaign.objects.get(pk=made.pk))
    spent, took = (time.process_time() - began) * 1000, time.monotonic() - wall
    made.refresh_from_db()
    there = Tally.objects.get(campaign=made)
    assert (made.state, there.gifts, there.received_minor) == ("succeeded", number, total), made.state
    return {"cpu_ms": spent / number, "seconds": took, "number": number}


def main(words: list[str]) -> None:
    """Seed and print."""
    if words[:1] == ["close"]:
        print(json.dumps(close(int(words[1]))))
        return
    addresses = {}
    for name, number, place in (("few", FEW, 1), ("many", MANY, 2)):
        made = campaign(f"bench-{name}", place=place)
        received(made, number)
        addresses[name] = f"/fr/crowdfunding/campaigns/{made.slug}/"
    print(json.dumps({**addresses, **waiting()}))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1:])
