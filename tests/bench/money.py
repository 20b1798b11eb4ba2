"""Money under measure: the event of a provider, the page of a campaign with few and many gifts, a closing run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import money_seed
from tests.bench.cpu import Visitor, per_request
from tests.crowdfunding.stripe_fake import Account, Server, checkout
from tests.crowdfunding.stripe_fake.events import signature
from tests.processes import Instance
from tests.services import end

if TYPE_CHECKING:
    from tests.bench.run import Bench

CLOSING = 10_000
PAID = "4242424242424242"
GIFTS = {"few": "10 gifts", "many": "10,000 gifts"}
GOALS = {
    "pledge.offline.cpu_ms": 10.0,
    "event.cpu_ms": 10.0,
    "page.campaign.many.queries": 12,
    "page.campaign.many.ratio_to_few": 1.15,
}


def poster(visitor: Visitor, path: str, account: Account):
    """A function that posts the next event of a page that was paid, each once."""
    events = [event for event in account.courier.waiting if event["type"] == "checkout.session.completed"]
    left = iter(events)

    def post() -> None:
        body = json.dumps(next(left)).encode()
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body, money_seed.SECRET)}
        answer = visitor.send("POST", path, body, headers)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")

    return post


def pages(bench: Bench, site: Instance, pid: int, addresses: dict[str, str]) -> None:
    """A campaign's page with few and with many gifts."""
    counted = json.loads(site.run("-m", "tests.bench.inside", *addresses.values()).splitlines()[-1])
    visitor, spent = Visitor(site.port), {}
    for name, path in addresses.items():
        spent[name] = per_request(pid, visitor.asker(path), number=60)
        bench.add(f"page.campaign.{name}.cpu_ms", spent[name], "ms", GIFTS[name])
        bench.add(f"page.campaign.{name}.queries", counted[path]["queries"], "")
    bench.add("page.campaign.many.ratio_to_few", spent["many"] / spent["few"], "×", "10,000 gifts to 10")


def measure(bench: Bench, folder: Path, stripe: Server) -> None:
    """On an instance that is prepared already, with every page made anew, beside a fake of Stripe."""
    account = stripe.fake.account(money_seed.KEY, secret=money_seed.SECRET)
    environment = {"BENCH_PAGE_CACHE": "0", "STRIPE_API_BASE": stripe.url}
    with Instance(folder, settings="tests.bench.settings", environment=environment) as site:
        found = json.loads(site.run("-m", "tests.bench.money_seed").splitlines()[-1])
        server = site.serve()
        pages(bench, site, server.pid, {name: found[name] for name in GIFTS})
        for session in account.all("checkout.session"):
            checkout.pay(account, session, PAID)
        post = poster(Visitor(site.port), found["webhook"], account)
        note = "verified, read again at the provider, booked"
        bench.add("event.cpu_ms", per_request(server.pid, post, number=40), "ms", note)
        end(server)  # the closing run has the machine to itself
        run = json.loads(site.run("-m", "tests.bench.money_seed", "close", str(CLOSING)).splitlines()[-1])
        note = f"{run['number']} pledges in {run['seconds']:.0f} s"
        bench.add("closing.pledge.cpu_ms", run["cpu_ms"], "ms", note)


def run(bench: Bench, folder: Path) -> None:
    """All of it."""
    with Server() as stripe:
        measure(bench, folder, stripe)
