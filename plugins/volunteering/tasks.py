"""Background work of volunteering: the rows hold the work, this does what is due."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from core.contract import Schedule


@task()
def remind() -> int:
    """Write the reminders that are due; gives how many."""
    from plugins.volunteering.domain.reminders import remind_all

    return remind_all()


schedules = [Schedule("volunteering.remind", remind, timedelta(hours=1))]
