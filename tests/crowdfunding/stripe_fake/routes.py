"""Which request does what; and the control requests of tests and demonstrations."""

from __future__ import annotations

import re

from tests.crowdfunding.stripe_fake import checkout, customers, intents, refunds
from tests.crowdfunding.stripe_fake.errors import ApiError, invalid

POSTS = [
    (r"/v1/checkout/sessions", checkout.create),
    (r"/v1/checkout/sessions/([^/]+)/expire", checkout.expire),
    (r"/v1/customers", customers.create),
    (r"/v1/payment_methods", customers.create_method),
    (r"/v1/payment_methods/([^/]+)/attach", customers.attach),
    (r"/v1/payment_methods/([^/]+)/detach", customers.detach),
    (r"/v1/payment_intents", intents.create),
    (r"/v1/payment_intents/([^/]+)/cancel", intents.cancel),
    (r"/v1/refunds", refunds.create),
]
GETS = {
    "checkout/sessions": "checkout.session",
    "customers": "customer",
    "payment_methods": "payment_method",
    "payment_intents": "payment_intent",
    "setup_intents": "setup_intent",
    "charges": "charge",
    "balance_transactions": "balance_transaction",
    "refunds": "refund",
    "disputes": "dispute",
    "events": "event",
}


def unknown(method: str, path: str) -> ApiError:
    """404 for an address the API does not have."""
    return ApiError(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).")


def act(account, path: str, params: dict) -> dict:
    """A POST."""
    for pattern, view in POSTS:
        found = re.fullmatch(pattern, path)
        if found:
            return view(account, params, *found.groups())
    raise unknown("POST", path)


def look(account, path: str, params: dict) -> dict:
    """A GET: one object, the account itself, its balance, or a list, newest first."""
    if path == "/v1/account":
        return {"id": account.id, "object": "account", "country": "FR", "charges_enabled": True}
    if path == "/v1/balance":
        lines = [{"currency": code, "amount": value} for code, value in account.balance.items()]
        return {"object": "balance", "available": lines, "pending": [], "livemode": False}
    if path == "/v1/payment_intents/search":
        return search(account, path, params)
    found = re.fullmatch(r"/v1/(checkout/sessions|[a-z_]+)(?:/([^/]+))?", path)
    kind = GETS.get(found[1]) if found else None
    if kind is None:
        raise unknown("GET", path)
    if found[2]:
        thing = account.get(kind, found[2])
        return checkout.refresh(account, thing) if kind == "checkout.session" else thing
    wanted = {
        name: value for name, value in params.items() if name in ("payment_intent", "charge", "customer")
    }
    all_ = [thing for thing in reversed(account.all(kind)) if wanted.items() <= thing.items()]
    limit = int(params.get("limit", 10))
    return {"object": "list", "url": path, "has_more": len(all_) > limit, "data": all_[:limit]}


def search(account, path: str, params: dict) -> dict:
    """GET /v1/payment_intents/search, by one entry of the metadata."""
    asked = re.fullmatch(r"metadata\['(\w+)'\]:'([^']*)'", params.get("query", ""))
    if asked is None:
        raise invalid("We were unable to parse your search query.", "query")
    found = [thing for thing in account.all("payment_intent") if thing["metadata"].get(asked[1]) == asked[2]]
    return {"object": "search_result", "url": path, "has_more": False, "data": found, "next_page": None}


def control(fake, verb: str, facts: dict) -> object:
    """POST /_control/{verb} with JSON: what tests do through Python, for other processes."""
    if verb == "faults":
        return fake.faults.add(**facts)
    if verb == "accounts":
        return fake.account(facts["key"], webhook=facts.get("webhook", ""), secret=facts.get("secret", "")).id
    account = fake.by_key(facts.pop("key"))
    if verb == "hold":
        account.courier.held = bool(facts["held"])
        return None
    if verb in ("deliver", "again"):
        return getattr(account.courier, verb)(**facts)
    if verb in ("settle", "bounce", "refund", "finish_refund", "dispute", "close_dispute"):
        return getattr(account, verb)(**facts)
    if verb == "list":
        return account.all(facts["kind"])
    raise unknown("POST", f"/_control/{verb}")
