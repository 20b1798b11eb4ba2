"""Background work: promises that wait, campaigns that end, ledgers that are checked."""

from datetime import timedelta

from django_tasks import task

from core.conf import instance
from core.contract import Schedule
from core.domain import wakes
from core.models import Organisation, Person
from plugins.crowdfunding.domain import (
    appeals,
    audit,
    campaigns,
    cash,
    changes,
    checkouts,
    closing,
    deliveries,
    mandates,
    payouts,
    periods,
    receipts,
    refunds,
    reminders,
    updates,
    witnesses,
)
from plugins.crowdfunding.domain.statements import imports
from plugins.crowdfunding.gateways import demo_events


@task()
def follow_up_pledges() -> dict[str, int]:
    """Remind of promises after 14 and 30 days, let them expire after 60."""
    return reminders.follow_up()


@task()
def close_ended_campaigns() -> int:
    """Close campaigns whose last day is over."""
    return campaigns.close_ended()


@task()
def close_conditional_campaigns() -> int:
    """Collect, judge and end campaigns whose gifts depend on their success; a long run is gone on with next time."""
    wakes.heard(close_conditional_campaigns)
    return closing.work(seconds=CLOSING_SECONDS)


@task()
def ask_providers() -> int:
    """Read again what hangs between here and a provider: payments, refunds, moved cards; gives how many were asked."""
    return checkouts.sweep() + refunds.sweep() + changes.sweep_moved()


@task()
def remove_stored_cards() -> int:
    """Have providers forget cards that are no longer needed; gives how many."""
    return mandates.sweep()


@task()
def tell_demonstration() -> int:
    """Deliver what the demonstration's provider could not tell at once; gives the deliveries answered."""
    return demo_events.deliver() if instance().demo else 0


@task()
def verify_ledgers() -> int:
    """Recompute all ledgers and note the result on each; gives the number of faults."""
    return sum(len(found.faults) for found in audit.run())


@task()
def follow_supports() -> dict[str, int]:
    """Promise the periods of regular supports that have come, charge their cards, try refused ones again."""
    wakes.heard(follow_supports)
    return periods.work()


@task()
def warn_card_ends() -> int:
    """Write to supporters whose stored card ends."""
    return periods.warn()


@task()
def remind_witnesses() -> int:
    """Remind witnesses of steps they were asked to look at."""
    return witnesses.remind()


@task()
def tell_backers() -> int:
    """Write the letters of published news and of collective returns; work that died goes on where it stopped."""
    wakes.heard(tell_backers)
    return updates.tell() + deliveries.tell_returns()


@task()
def forget_addresses() -> int:
    """Erase the addresses of parcels that arrived a while ago."""
    return deliveries.forget_addresses()


@task()
def remind_cash() -> int:
    """Remind of cash that waits for a second person; forget files of banks whose columns nobody told."""
    imports.forget()
    return cash.remind()


@task()
def issue_receipts(organisation: int, year: int, person: int) -> int:
    """Issue the tax receipts of a year that are left after the first batch."""
    by = Person.objects.filter(pk=person).first()
    return receipts.issue_rest(Organisation.objects.get(pk=organisation), year, by=by)


@task()
def follow_money_on_its_way() -> dict[str, int]:
    """Remind of transfers to confirm and of reports to send; flag receipts whose gift went back."""
    return {"payouts": payouts.remind(), "reports": appeals.remind(), "receipts": receipts.flag_stale()}


CLOSING_SECONDS = 240
"""A worker does other things, too: a closing run of thousands of cards is done in pieces."""

schedules = [
    Schedule("crowdfunding.follow_up_pledges", follow_up_pledges, timedelta(hours=6)),
    Schedule("crowdfunding.close_ended_campaigns", close_ended_campaigns, timedelta(hours=1)),
    Schedule("crowdfunding.close_conditional_campaigns", close_conditional_campaigns, timedelta(minutes=10)),
    Schedule("crowdfunding.ask_providers", ask_providers, timedelta(minutes=5)),
    Schedule("crowdfunding.remove_stored_cards", remove_stored_cards, timedelta(minutes=10)),
    Schedule("crowdfunding.tell_demonstration", tell_demonstration, timedelta(minutes=1)),
    Schedule("crowdfunding.verify_ledgers", verify_ledgers, timedelta(hours=12)),
    Schedule("crowdfunding.remind_witnesses", remind_witnesses, timedelta(hours=12)),
    Schedule("crowdfunding.tell_backers", tell_backers, timedelta(minutes=10)),
    Schedule("crowdfunding.forget_addresses", forget_addresses, timedelta(hours=24)),
    Schedule("crowdfunding.follow_supports", follow_supports, timedelta(minutes=30)),
    Schedule("crowdfunding.remind_cash", remind_cash, timedelta(hours=12)),
    Schedule("crowdfunding.follow_money_on_its_way", follow_money_on_its_way, timedelta(hours=12)),
    Schedule("crowdfunding.warn_card_ends", warn_card_ends, timedelta(days=1)),
]
