"""A stateful fake of Stripe's HTTP API on loopback, spoken to by Stripe's own library.

It keeps what correctness depends on: idempotency keys, off-session refusals, direct debits that settle later, refund
bounds, disputes, and signed events that can come twice, late, in another order or concurrently. ``Server`` serves a
``Fake``; tests steer it through Python, a demonstration through ``/_control``.
"""

from tests.crowdfunding.stripe_fake.server import Server
from tests.crowdfunding.stripe_fake.state import Account, Fake

__all__ = ["Account", "Fake", "Server"]
