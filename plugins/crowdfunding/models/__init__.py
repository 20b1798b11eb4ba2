"""Rows of crowdfunding: campaigns, pledges, payments, the ledger."""

from plugins.crowdfunding.models.campaigns import Campaign, Tally
from plugins.crowdfunding.models.cash import CashGift, Deposit, DepositPart
from plugins.crowdfunding.models.closing import ClosingRun
from plugins.crowdfunding.models.collectors import CollectorSettings
from plugins.crowdfunding.models.demo import DemoEvent, DemoPayment, DemoRefund
from plugins.crowdfunding.models.gates import AppealReport, GenerosityDeclaration
from plugins.crowdfunding.models.gateways import GatewayAccount, Mandate, ProviderEvent
from plugins.crowdfunding.models.ledger import Account, Entry, Ledger, Transaction
from plugins.crowdfunding.models.matching import Match, MatchedCampaign, MatchingFund, MatchSettlement
from plugins.crowdfunding.models.milestones import Milestone, Testimony, Witness
from plugins.crowdfunding.models.numbers import Series
from plugins.crowdfunding.models.offers import DaysOffer, InKindOffer, OfferedThing
from plugins.crowdfunding.models.payments import Dispute, Payment, Refund
from plugins.crowdfunding.models.payouts import Payout
from plugins.crowdfunding.models.pledges import Pledge
from plugins.crowdfunding.models.receipts import DonorIdentity, ReceiptIssuer, ReceiptLine, TaxReceipt
from plugins.crowdfunding.models.rewards import Delivery, Reward
from plugins.crowdfunding.models.settlements import Settlement
from plugins.crowdfunding.models.shares import Allotment, Share
from plugins.crowdfunding.models.spending import Spending
from plugins.crowdfunding.models.statements import BankLine, Statement
from plugins.crowdfunding.models.supports import Support
from plugins.crowdfunding.models.updates import Update

__all__ = [
    "Account",
    "Allotment",
    "AppealReport",
    "BankLine",
    "Campaign",
    "CashGift",
    "ClosingRun",
    "CollectorSettings",
    "DaysOffer",
    "Delivery",
    "DemoEvent",
    "DemoPayment",
    "DemoRefund",
    "Deposit",
    "DepositPart",
    "Dispute",
    "DonorIdentity",
    "Entry",
    "GatewayAccount",
    "GenerosityDeclaration",
    "InKindOffer",
    "Ledger",
    "Mandate",
    "Match",
    "MatchSettlement",
    "MatchedCampaign",
    "MatchingFund",
    "Milestone",
    "OfferedThing",
    "Payment",
    "Payout",
    "Pledge",
    "ProviderEvent",
    "ReceiptIssuer",
    "ReceiptLine",
    "Refund",
    "Reward",
    "Series",
    "Settlement",
    "Share",
    "Spending",
    "Statement",
    "Support",
    "Tally",
    "TaxReceipt",
    "Testimony",
    "Transaction",
    "Update",
    "Witness",
]
