"""Rows of crowdfunding: campaigns, pledges, payments, the ledger."""

from plugins.crowdfunding.models.campaigns import Campaign, Tally
from plugins.crowdfunding.models.collectors import CollectorSettings
from plugins.crowdfunding.models.gateways import GatewayAccount, Mandate, ProviderEvent
from plugins.crowdfunding.models.ledger import Account, Entry, Ledger, Transaction
from plugins.crowdfunding.models.numbers import Series
from plugins.crowdfunding.models.payments import Dispute, Payment, Refund
from plugins.crowdfunding.models.pledges import Pledge

__all__ = [
    "Account",
    "Campaign",
    "CollectorSettings",
    "Dispute",
    "Entry",
    "GatewayAccount",
    "Ledger",
    "Mandate",
    "Payment",
    "Pledge",
    "ProviderEvent",
    "Refund",
    "Series",
    "Tally",
    "Transaction",
]
