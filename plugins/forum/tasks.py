"""Background work of the forum: what a hidden or restored discussion means to other instances."""

from datetime import timedelta

from django_tasks import task

from core.contract import Schedule
from plugins.forum.domain import hiding


@task()
def tell_of_hidden_threads() -> int:
    """Withdraw or send again the messages of long discussions that moderation hid or restored."""
    return hiding.catch_up()


schedules = [Schedule("forum.tell_of_hidden_threads", tell_of_hidden_threads, timedelta(minutes=15))]
