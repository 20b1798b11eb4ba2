"""What readers see: the list of threads, a page of one, the latest talk of a subject. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet, Subquery
from django.utils import timezone

from core.contract import SubjectRef
from core.models import Person, Theme
from core.prepared import prepared
from core.registry import registry
from plugins.forum.models import Post, ReadMark, Thread
from plugins.forum.models.threads import PAGE_SIZE, ThreadQuerySet

LIST_SIZE = 20
LATEST = 3
UNREAD_SPAN = timedelta(days=60)
"""How far back “unread” looks."""
FREE = "free"
"""The kind of threads that stand on no subject."""


@dataclass(frozen=True)
class Cursor:
    """Where a list goes on: below the last row shown."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at.timestamp():.6f}_{self.pk}"

    @classmethod
    def read(cls, value: str) -> Cursor | None:
        """The cursor a link carries, or None when it is none."""
        moment, _, pk = value.partition("_")
        try:
            return cls(datetime.fromtimestamp(float(moment), tz=timezone.get_current_timezone()), int(pk))
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True)
class Filters:
    """What a reader wants to see of the list."""

    kind: str = ""
    theme: Theme | None = None
    words: str = ""
    unread_of: Person | None = None


def threads(filters: Filters) -> ThreadQuerySet:
    """Threads that fit, newest talk first; one index range whatever the filter."""
    rows = Thread.objects.listed()
    if filters.kind:
        rows = rows.filter(about_type="" if filters.kind == FREE else filters.kind)
    if filters.theme is not None:
        rows = rows.filter(theme=filters.theme)
    for word in filters.words.split()[:5]:
        rows = rows.filter(title__icontains=word)
    if filters.unread_of is not None:
        read = ReadMark.objects.filter(person=filters.unread_of, last_read__gte=F("thread__highest_number"))
        rows = rows.filter(last_posted_at__gte=timezone.now() - UNREAD_SPAN).exclude(
            pk__in=read.values("thread")
        )
    return rows


def page_query(rows: ThreadQuerySet, before: Cursor | None) -> ThreadQuerySet:
    """The rows below a cursor, with what a list shows of each."""
    if before is not None:
        rows = rows.filter(last_posted_at__lte=before.at).exclude(last_posted_at=before.at, pk__gte=before.pk)
    return rows.select_related("theme", "territory", "last_author")


def page(
    rows: ThreadQuerySet, before: Cursor | None, size: int = LIST_SIZE
) -> tuple[list[Thread], Cursor | None]:
    """One page of a list and where the next begins; threads of subjects nobody may read are left out."""
    found = list(page_query(rows, before)[: size + 1])
    following = None
    if len(found) > size:
        found = found[:size]
        following = Cursor(found[-1].last_posted_at, found[-1].pk)
    return readable(found), following


def readable(found: Iterable[Thread]) -> list[Thread]:
    """Those of the threads that anyone may read, with their subjects at hand: one query per kind of subject."""
    found = list(found)
    subjects = registry.resolve(thread.about_ref for thread in found if thread.about_ref)
    for thread in found:
        thread.__dict__["about"] = subjects.get(thread.about_ref) if thread.about_ref else None
    return [thread for thread in found if thread.is_public]


def page_of_posts(thread: Thread, first: int) -> QuerySet[Post]:
    """The posts of one page by their numbers: a range of the index, however long the thread is."""
    rows = thread.posts.filter(number__gte=first, number__lt=first + PAGE_SIZE).order_by("number")
    return rows.select_related("author").annotate(answered_number=F("in_reply_to__number"))


def posts_from(thread: Thread, first: int) -> list[Post]:
    """The posts of one page, each knowing its thread and where the message it answers stands."""
    found: list[Any] = list(page_of_posts(thread, first))
    for post in found:
        post.thread = thread
        if post.answered_number:
            page = thread.page_of(post.answered_number)
            post.answered_at = f"{f'?from={page}' if page != first else ''}#post-{post.answered_number}"
    return found


def latest_query(ref: SubjectRef) -> QuerySet[Post]:
    """Visible posts about a subject, newest first."""
    thread = Thread.objects.on(ref).filter(hidden=False)
    # The thread as one value: the posts are then the head of an index, however many there are.
    rows = Post.objects.filter(thread=Subquery(thread.values("pk")[:1]), state=Post.State.VISIBLE)
    return rows.select_related("thread", "author").order_by("-number")


def latest(ref: SubjectRef, number: int = LATEST) -> list[Post]:
    """The last visible posts about a subject, oldest first, with their thread; one query."""
    return head(ref.type, str(ref.key))[:number][::-1]


@prepared
def head(about_type: str, about_key: str) -> QuerySet[Post]:
    """The last few visible posts about a subject."""
    return latest_query(SubjectRef(about_type, about_key))[:LATEST]


def visible_in(thread: Thread | None) -> QuerySet[Post]:
    """Visible messages of a thread, or of all; whether a thread is public is the caller's to ask."""
    rows = Post.objects.filter(state=Post.State.VISIBLE)
    rows = rows.filter(thread=thread) if thread is not None else rows
    return rows.select_related("thread", "author").annotate(answered_number=F("in_reply_to__number"))


def kinds() -> list[tuple[str, Any]]:
    """Kinds of threads to filter by: those of each discussable type, and free ones."""
    return [
        (FREE, None),
        *[(subject.type, subject.label) for subject in registry.subjects() if subject.discuss],
    ]
