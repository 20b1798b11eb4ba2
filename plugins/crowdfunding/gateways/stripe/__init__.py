"""Stripe: cards and SEPA direct debits on the organisation's own account. The only door to Stripe's library."""

from plugins.crowdfunding.gateways.stripe.gateway import Stripe

__all__ = ["Stripe"]
