"""A person's messages: handed out on request; on leaving, the words stay without the name."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.contract import PersonalData
from core.models import Confirmation, Person
from plugins.forum.domain import guests
from plugins.forum.domain.posts import wipe
from plugins.forum.models import Post, PostRevision, ReadMark, Thread


def export_posts(person: Person) -> list[dict[str, Any]]:
    """Each message with its earlier versions, oldest first."""
    rows = (
        Post.objects.filter(author=person)
        .select_related("thread")
        .prefetch_related("revisions")
        .order_by("id")
    )
    return [
        {
            "url": post.get_absolute_url(),
            "discussion": post.thread.title,
            "posted": post.posted_at.isoformat(),
            "state": post.state,
            "text": post.text,
            "earlier": [revision.text for revision in post.revisions.all()],
        }
        for post in rows
    ]


@transaction.atomic
def erase_posts(person: Person) -> None:
    """Take the name from a person's messages and threads, so that the answers to them keep their sense.

    Earlier versions go altogether: only what was left standing stays.
    """
    PostRevision.objects.filter(post__author=person).delete()
    Post.objects.filter(author=person).update(author=None, token="")
    Thread.objects.filter(author=person).update(author=None)
    Thread.objects.filter(last_author=person).update(last_author=None)
    Confirmation.objects.filter(purpose__in=(guests.REPLY, guests.OPEN), email=person.email).delete()


@transaction.atomic
def erase_words(person: Person) -> None:
    """Delete the words too, for a person who asks for that before leaving; the numbers stay."""
    for post in Post.objects.filter(author=person).exclude(state=Post.State.DELETED).select_related("thread"):
        wipe(post)
    erase_posts(person)


def export_marks(person: Person) -> list[dict[str, Any]]:
    """How far the person has read in each discussion."""
    rows = ReadMark.objects.filter(person=person).select_related("thread").order_by("id")
    return [
        {"discussion": mark.thread.get_absolute_url(), "read_to": mark.last_read, "muted": mark.muted}
        for mark in rows
    ]


def erase_marks(person: Person) -> None:
    """Forget what the person read."""
    ReadMark.objects.filter(person=person).delete()


personal_data = [
    PersonalData("forum.posts", export_posts, erase_posts),
    PersonalData("forum.marks", export_marks, erase_marks),
]
