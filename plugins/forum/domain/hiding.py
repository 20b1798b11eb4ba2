"""A hidden discussion takes our messages in it back from other instances; a restored one sends them again.

The journal is the memory: each message's last entry of the two verbs says what others were told of it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.journal import record
from core.models import JournalEntry, Person
from plugins.forum import verbs
from plugins.forum.models import Post, Thread

MOST = 200
"""Messages told of at once; the schedule goes on with the rest."""
SPAN = timedelta(days=30)
"""How far back the schedule looks for discussions that were hidden or restored."""


def untold(thread: Thread) -> QuerySet[Post]:
    """Our visible messages of which others believe something else than the thread's row says."""
    last = JournalEntry.objects.filter(
        subject_type=Post.subject_type,
        subject_key=OuterRef("uid"),
        verb__in=(verbs.WITHDRAWN, verbs.RETURNED),
    ).order_by("-id")
    rows = Post.objects.filter(thread=thread, uri="", state=Post.State.VISIBLE)
    rows = rows.annotate(told=Coalesce(Subquery(last.values("verb")[:1]), Value("")))
    return rows.exclude(told=verbs.WITHDRAWN) if thread.hidden else rows.filter(told=verbs.WITHDRAWN)


def tell(thread: Thread, by: Person | None) -> int:
    """Record what became of the newest untold messages; holds the thread's row. Gives how many, MOST at most."""
    verb = verbs.WITHDRAWN if thread.hidden else verbs.RETURNED
    found = list(untold(thread).order_by("-number")[:MOST])
    for post in found:
        post.thread = thread
        record(by, verb, post, number=post.number)
    return len(found)


def catch_up() -> int:
    """Go on with long discussions, a bounded number of messages in each transaction; gives how many messages."""
    switched = JournalEntry.objects.filter(
        verb__in=(verbs.THREAD_HIDDEN, verbs.THREAD_RESTORED), at__gt=timezone.now() - SPAN
    )
    total = 0
    for pk in list(
        Thread.objects.filter(uid__in=switched.values("subject_key")).values_list("pk", flat=True)
    ):
        while done := _go_on(pk):
            total += done
    return total


@transaction.atomic
def _go_on(pk: int) -> int:
    return tell(Thread.objects.select_for_update(of=("self",)).get(pk=pk), None)
