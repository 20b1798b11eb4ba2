"""Rows of crowdfunding: campaigns, pledges, payments, the ledger."""

from plugins.crowdfunding.models.campaigns import Campaign, Tally
from plugins.crowdfunding.models.collectors import CollectorSettings
from plugins.crowdfunding.models.ledger import Account, Entry, Ledger, Transaction
from plugins.crowdfunding.models.payments import Payment
from plugins.crowdfunding.models.pledges import Pledge

__all__ = [
    "Account",
    "Campaign",
    "CollectorSettings",
    "Entry",
    "Ledger",
    "Payment",
    "Pledge",
    "Tally",
    "Transaction",
]
