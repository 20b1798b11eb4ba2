"""Money of the demonstration in all its ways: cards, supports, matching, cash, a transfer passed on, an expense.

Every act has a key of its own: what is there already is left as people changed it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import money
from core.conf import absolute
from core.models import Organisation, Person
from core.text import paragraphs
from plugins.crowdfunding.domain import (
    cash,
    checkouts,
    milestones,
    payouts,
    pledges,
    refunds,
    spending,
    sponsors,
    supports,
)
from plugins.crowdfunding.gateways import demo_bank
from plugins.crowdfunding.models import (
    Campaign,
    CashGift,
    DemoEvent,
    DemoPayment,
    MatchedCampaign,
    MatchingFund,
    Payment,
    Payout,
    Pledge,
    Refund,
    Spending,
    Support,
)
from sites.demo import budgets, seen
from sites.demo.source import rows

Row = dict[str, Any]


def load_money() -> None:
    """What the data says of each campaign's money, as far as it is not there yet."""
    for row in rows("money"):
        campaign = Campaign.objects.filter(project__slug=row["project"]).order_by("pk").first()
        if campaign is not None and campaign.takes_pledges():
            load(campaign, row)


def load(campaign: Campaign, row: Row) -> None:
    """One campaign: promises first, then money, then what becomes of it."""
    budgets.load_lines(campaign, row)
    budgets.load_things(campaign, row)
    if "matching" in row:
        add_fund(campaign, row["matching"])
    for number, (amount, name) in enumerate(row.get("cards", []), start=1):
        by_card(campaign, f"card-{number}", amount, name)
    for number, (amount, name, channel) in enumerate(row.get("supports", []), start=1):
        support(campaign, f"support-{number}", amount, name, channel)
    if "cash" in row:
        take_cash(campaign, row["cash"])
    if "witness" in row:
        seen.confirm_first(campaign, row["witness"])
    if "refund" in row:
        give_back(campaign, row["refund"])
    if "payout" in row:
        pass_on(campaign, row["payout"])
    if "expense" in row:
        spend(campaign, row["expense"])


def key(campaign: Campaign, what: str) -> str:
    """The key of an act: the same however often the demonstration is loaded."""
    return f"demo-{campaign.uid[-16:]}-{what}"


def person(email: str) -> Person:
    """A demo account."""
    return Person.objects.get(email=email)


def donor(campaign: Campaign, what: str, name: str) -> pledges.Donor:
    """A guest with an address that reaches nobody."""
    address = f"{what}@{campaign.project.slug}.example"
    return pledges.Donor(email=address, name=name, anonymous=not name)


def plan_steps(campaign: Campaign, row: Row) -> None:
    """Steps of a campaign's row; they are planned before anybody gives."""
    for found in row.get("steps", []):
        texts = {
            code: {"title": text["title"], "text": str(paragraphs(text.get("text", "")))}
            for code, text in found["texts"].items()
        }
        due = date.fromisoformat(found["due"])
        milestones.plan(campaign, by=None, texts=texts, due_on=due, needed=1, share=found["share"])


def add_fund(campaign: Campaign, row: Row) -> None:
    """A fund of an invented sponsor that adds to the campaign's gifts from today on."""
    if MatchingFund.objects.filter(form_key=key(campaign, "fund")).exists():
        return
    terms = sponsors.Terms(
        total=money.parse(row["total"], campaign.currency),
        opens_on=timezone.localdate(),
        closes_on=max(campaign.closes_on, timezone.localdate()),
        ratio_percent=row["ratio"],
        gift_cap=money.parse(row["gift_cap"], campaign.currency),
    )
    sponsor = Organisation.objects.get(slug=row["sponsor"])
    with transaction.atomic():
        fund = sponsors.set_up(sponsor, terms, by=None, form_key=key(campaign, "fund"))
        place = sponsors.offer(fund, campaign, by=None)
        if place.state == MatchedCampaign.State.ASKED:
            sponsors.answer(place, by=None, accept=True)


def by_card(campaign: Campaign, what: str, amount: str, name: str) -> None:
    """A gift by card: taken at once, or stored until the campaign succeeds."""
    given = money.parse(amount, campaign.currency)
    known = Pledge.objects.filter(form_key=key(campaign, what)).first()
    made = known or pledges.pledge(
        campaign, donor(campaign, what, name), given, form_key=key(campaign, what), channel="card"
    )
    agree(made)


def agree(pledge: Pledge) -> None:
    """The donor agrees on the page of the demonstration's provider, and comes back."""
    if pledge.state != Pledge.State.STARTED:
        return
    home = absolute(pledge.get_absolute_url())
    payment = checkouts.begin(pledge, channel="card", return_url=home, cancel_url=home)
    page = DemoPayment.objects.get(session=payment.session)
    if "pay" in demo_bank.acts_of(page):
        with transaction.atomic():
            demo_bank.press(payment.session, "pay")
            DemoEvent.objects.filter(
                payment=page
            ).delete()  # no site listens yet; what follows reads it anyway
    checkouts.follow(payment)


def support(campaign: Campaign, what: str, amount: str, name: str, channel: str) -> None:
    """A regular support, by card or by standing order."""
    made = Support.objects.filter(form_key=key(campaign, what)).first() or supports.make(
        campaign,
        donor(campaign, what, name),
        money.parse(amount, campaign.currency),
        interval=Support.Interval.MONTH,
        channel=channel,
        form_key=key(campaign, what),
    )
    if channel == Pledge.Channel.CARD and made.state == Support.State.STARTED:
        agree(made.pledges.order_by("pk")[0])


def take_cash(campaign: Campaign, row: Row) -> None:
    """Cash taken by one account: the first confirmed by another, the rest waiting for it."""
    for number, (amount, name, confirmed) in enumerate(row["gifts"], start=1):
        form_key = key(campaign, f"cash-{number}")
        if CashGift.objects.filter(form_key=form_key).exists():
            continue
        taken = cash.Taken(money.parse(amount, campaign.currency), timezone.localdate())
        guest = donor(campaign, f"cash-{number}", name)
        with transaction.atomic():
            gift = cash.declare(campaign, guest, taken, by=person(row["taken_by"]), form_key=form_key)
            if confirmed:
                cash.confirm(gift, by=person(row["confirmed_by"]))


def give_back(campaign: Campaign, row: Row) -> None:
    """Part of a gift goes back by transfer, as its donor asked."""
    form_key = key(campaign, "refund")
    paid = Payment.objects.filter(campaign=campaign, amount_minor=money.minor(amount_of(campaign, row, "of")))
    payment = paid.filter(state=Payment.State.RECEIVED, account=None).order_by("pk").first()
    if payment is None or Refund.objects.filter(form_key=form_key).exists():
        return
    by = person(row["by"])
    amount = amount_of(campaign, row, "amount")
    with transaction.atomic():
        refund = refunds.request(payment, amount, by=by, reason=Refund.Reason.DONOR, form_key=form_key)
        refunds.finish_by_hand(refund, by=by, on=timezone.localdate())


def amount_of(campaign: Campaign, row: Row, name: str) -> Any:
    """An amount of the data in the campaign's currency."""
    return money.parse(row[name], campaign.currency)


def pass_on(campaign: Campaign, row: Row) -> None:
    """A transfer to who receives, arrived in its currency at the rate of its bank."""
    form_key = key(campaign, "payout")
    if Payout.objects.filter(form_key=form_key).exists():
        return
    today = timezone.localdate()
    amount, fee = amount_of(campaign, row, "amount"), amount_of(campaign, row, "fee")
    with transaction.atomic():
        sent = payouts.send(campaign, payouts.Transfer(amount, fee, today), by=None, form_key=form_key)
        came = money.parse(row["arrived"], row["currency"])
        payouts.confirm(sent, came, arrived_on=today, by=None)


def spend(campaign: Campaign, row: Row) -> None:
    """An expense of who received, on a line of the budget."""
    form_key = key(campaign, "expense")
    if Spending.objects.filter(form_key=form_key).exists():
        return
    line = budgets.line_of(campaign.project, row["line"])
    amount = money.parse(row["amount"], row["currency"])
    expense = spending.Expense(amount, timezone.localdate(), row["what"], line=line)
    spending.book(campaign, campaign.receiver, expense, by=None, form_key=form_key)
