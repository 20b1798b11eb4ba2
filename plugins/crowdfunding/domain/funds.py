"""What is there to pass on and to spend: of a campaign by its rows, and on an account by the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum
from moneyed import Money

from core.models import Organisation
from core.money import money
from plugins.crowdfunding.domain import milestones
from plugins.crowdfunding.models import Account, Campaign, Dispute, Entry, Ledger, Payment, Payout, Spending


class NotEnough(ValueError):
    """Less is there than was to be passed on or spent; ``there`` says how much."""

    def __init__(self, there: Money) -> None:
        super().__init__(str(there))
        self.there = there


@dataclass(frozen=True)
class Funds:
    """A campaign's money at its collector, in minor units of its currency."""

    currency: str
    received: int
    """What came, net of what went back."""
    provider_fees: int
    sent: int
    transfer_fees: int
    spent: int
    held: int
    """What milestones do not release yet."""

    @property
    def left(self) -> Money:
        """What is still at the collector; below zero when a gift went back after the money was passed on."""
        used = self.provider_fees + self.sent + self.transfer_fees + self.spent
        return money(self.received - used, self.currency)

    @property
    def available(self) -> Money:
        """What may be passed on or spent now; never below zero."""
        zero = money(0, self.currency)
        return max(zero, self.left - money(self.held, self.currency))

    @property
    def fees(self) -> Money:
        """What providers and banks kept on the way."""
        return money(self.provider_fees + self.transfer_fees, self.currency)


def _sum(rows: QuerySet, *columns: str) -> dict[str, int]:
    found = rows.aggregate(**{name: Sum(name) for name in columns})
    return {name: int(found[name] or 0) for name in columns}


def gifts(campaign: Campaign) -> QuerySet[Payment]:
    """The gifts that are there."""
    return Payment.objects.filter(campaign=campaign, state=Payment.State.RECEIVED)


def of_campaign(campaign: Campaign) -> Funds:
    """The sums of a campaign; six queries at any size."""
    net = F("amount_minor") - F("refunded_minor") - F("disputed_minor")
    received = gifts(campaign).aggregate(net=Sum(net))["net"] or 0
    charged = Payment.objects.filter(campaign=campaign, fee_minor__gt=0)
    contested = Dispute.objects.filter(payment__campaign=campaign)
    fees = _sum(charged, "fee_minor")["fee_minor"] + _sum(contested, "fee_minor")["fee_minor"]
    payouts = Payout.objects.filter(campaign=campaign)
    sent = _sum(payouts.filter(state__in=Payout.STANDING), "amount_minor")["amount_minor"]
    # The bank keeps its fee of a transfer that came back.
    lost = _sum(payouts.exclude(state=Payout.State.UNDONE), "fee_minor")["fee_minor"]
    spent = _sum(
        Spending.objects.filter(
            campaign=campaign,
            organisation=campaign.collector_id,
            state=Spending.State.BOOKED,
            currency=campaign.currency,
        ),
        "amount_minor",
    )["amount_minor"]
    released = milestones.released(milestones.of_campaign(campaign), money(received, campaign.currency))
    held = money(received, campaign.currency) - released
    return Funds(
        campaign.currency, received, fees, sent, lost, spent, int(held.amount * held.currency.sub_unit)
    )


def arrived(campaign: Campaign) -> dict[str, Money]:
    """What the receiver has left of what arrived, per currency."""
    came = Payout.objects.filter(campaign=campaign, state=Payout.State.ARRIVED).order_by()
    sums = dict(came.values_list("arrived_currency").annotate(Sum("arrived_minor")))
    gone = Spending.objects.filter(
        campaign=campaign, organisation=campaign.receiver_id, state=Spending.State.BOOKED
    )
    if campaign.receiver_id == campaign.collector_id:
        return {}
    for currency, total in gone.order_by().values_list("currency").annotate(Sum("amount_minor")):
        sums[currency] = sums.get(currency, 0) - total
    return {currency: money(total, currency) for currency, total in sorted(sums.items())}


def balance(book: Ledger, kind: str, organisation: Organisation, currency: str) -> Money:
    """What stands on an account by the ledger; the caller holds the book when it acts on the answer."""
    lines = Entry.objects.filter(
        ledger=book, account__kind=kind, account__organisation=organisation, account__currency=currency
    )
    return money(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0, currency)


def check_account(book: Ledger, kind: str, organisation: Organisation, amount: Money) -> None:
    """Raise NotEnough when less than the amount stands on the account; the caller holds the book."""
    there = balance(book, kind, organisation, amount.currency.code)
    if there < amount:
        raise NotEnough(max(there, money(0, amount.currency.code)))


BANK = Account.Kind.BANK
