"""What the fake remembers: accounts with their objects and balance; the controls of tests."""

from __future__ import annotations

import secrets
import threading
import time

from tests.crowdfunding.stripe_fake import disputes, intents, refunds
from tests.crowdfunding.stripe_fake.errors import missing, unauthorized
from tests.crowdfunding.stripe_fake.events import Courier
from tests.crowdfunding.stripe_fake.faults import Faults
from tests.crowdfunding.stripe_fake.idempotency import Keys

KINDS = {
    "checkout.session": "cs_test",
    "payment_intent": "pi",
    "setup_intent": "seti",
    "payment_method": "pm",
    "customer": "cus",
    "charge": "ch",
    "balance_transaction": "txn",
    "refund": "re",
    "dispute": "dp",
    "mandate": "mandate",
    "event": "evt",
}


class Account:
    """One organisation's account: its key sees its own objects only."""

    def __init__(self, fake: Fake, key: str) -> None:
        self.fake, self.key = fake, key
        self.id = f"acct_{secrets.token_hex(8)}"
        self.objects: dict[str, dict] = {}
        self.numbers: dict[str, str] = {}
        """The card behind each payment method: never in an answer."""
        self.hidden: dict[str, dict] = {}
        """What a session was asked with and does not show."""
        self.keys = Keys()
        self.courier = Courier(self)
        self.pending_refunds = False
        """Whether refunds wait for ``finish_refund``, as those of direct debits do."""

    def make(self, kind: str, **facts) -> dict:
        """A new object of a kind."""
        id_ = f"{KINDS[kind]}_{secrets.token_hex(12)}"
        thing = {"id": id_, "object": kind, "created": int(time.time()), "livemode": False, **facts}
        self.objects[id_] = thing
        return thing

    def get(self, kind: str, id_: str, param: str = "id") -> dict:
        """An object by its id; 404 for another account's."""
        found = self.objects.get(id_ or "")
        if found is None or found["object"] != kind:
            raise missing(kind, id_, param)
        return found

    def all(self, kind: str) -> list[dict]:
        """Everything of a kind, oldest first."""
        return [thing for thing in self.objects.values() if thing["object"] == kind]

    def tell(self, type_: str, thing: dict) -> None:
        """Something happened: an event for the endpoint."""
        self.courier.record(type_, thing)

    @property
    def balance(self) -> dict[str, int]:
        """What is on the account by currency: the sum of what moved, net of fees."""
        found: dict[str, int] = {}
        for entry in self.all("balance_transaction"):
            found[entry["currency"]] = found.get(entry["currency"], 0) + entry["net"]
        return found

    def forget_keys(self) -> None:
        """A day has passed: every idempotency key is new again."""
        self.keys = Keys()

    # What tests make happen at the bank, and in the provider's dashboard.

    def settle(self, intent: str) -> None:
        """A direct debit arrives."""
        with self.fake.lock:
            intents.settle(self, self.get("payment_intent", intent))

    def bounce(self, intent: str, code: str = "insufficient_funds") -> None:
        """A direct debit is refused, days later."""
        with self.fake.lock:
            intents.bounce(self, self.get("payment_intent", intent), code)

    def refund(self, intent: str, amount: int | None = None) -> dict:
        """Somebody gives money back in the provider's dashboard: no key of ours."""
        with self.fake.lock:
            return refunds.make(self, self.get("payment_intent", intent), amount, {})

    def finish_refund(self, refund: str, *, ok: bool = True) -> None:
        """A waiting refund arrives or comes back."""
        with self.fake.lock:
            refunds.finish(self, self.get("refund", refund), ok=ok)

    def dispute(self, intent: str, amount: int | None = None) -> dict:
        """A donor contests at the bank: the money is withdrawn at once."""
        with self.fake.lock:
            return disputes.open_one(self, self.get("payment_intent", intent), amount)

    def close_dispute(self, dispute: str, *, won: bool) -> None:
        """The bank decides."""
        with self.fake.lock:
            disputes.close(self, self.get("dispute", dispute), won=won)


class Fake:
    """All accounts, what was asked, and the faults to come."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.faults = Faults()
        self.public_url = ""
        self.asked: list[dict] = []
        """Each request: method, path, params, key, version, status."""

    def account(self, key: str, *, webhook: str = "", secret: str = "") -> Account:
        """The account of a key, made when new; with the address of its webhook."""
        found = self.accounts.get(key) or self.accounts.setdefault(key, Account(self, key))
        if webhook:
            found.courier.url, found.courier.secret = webhook, secret
        return found

    def by_key(self, key: str) -> Account:
        """The account a request is for; 401 for a key nobody has."""
        if key not in self.accounts:
            raise unauthorized(key)
        return self.accounts[key]

    def owner(self, id_: str) -> Account:
        """The account an object belongs to, for the pages donors see."""
        for account in self.accounts.values():
            if id_ in account.objects:
                return account
        raise missing("checkout.session", id_)

    def close(self) -> None:
        """Ends deliveries that are under way."""
        for account in self.accounts.values():
            account.courier.close()
