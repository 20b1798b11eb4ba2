"""Background work: promises that wait, campaigns that end, ledgers that are checked."""

from datetime import timedelta

from django_tasks import task

from core.contract import Schedule
from plugins.crowdfunding.domain import audit, campaigns, closing, pledges, witnesses


@task()
def follow_up_pledges() -> dict[str, int]:
    """Remind of promises after 14 and 30 days, let them expire after 60."""
    return pledges.follow_up()


@task()
def close_ended_campaigns() -> int:
    """Close campaigns whose last day is over."""
    return campaigns.close_ended()


@task()
def close_conditional_campaigns() -> int:
    """Collect, judge and end campaigns whose gifts depend on their success; a long run is gone on with next time."""
    return closing.work(seconds=CLOSING_SECONDS)


@task()
def verify_ledgers() -> int:
    """Recompute all ledgers and note the result on each; gives the number of faults."""
    return sum(len(found.faults) for found in audit.run())


@task()
def remind_witnesses() -> int:
    """Remind witnesses of steps they were asked to look at."""
    return witnesses.remind()


CLOSING_SECONDS = 240
"""A worker does other things, too: a closing run of thousands of cards is done in pieces."""

schedules = [
    Schedule("crowdfunding.follow_up_pledges", follow_up_pledges, timedelta(hours=6)),
    Schedule("crowdfunding.close_ended_campaigns", close_ended_campaigns, timedelta(hours=1)),
    Schedule("crowdfunding.close_conditional_campaigns", close_conditional_campaigns, timedelta(minutes=10)),
    Schedule("crowdfunding.verify_ledgers", verify_ledgers, timedelta(hours=12)),
    Schedule("crowdfunding.remind_witnesses", remind_witnesses, timedelta(hours=12)),
]
