"""Who is told of a message: those who take part, who follow, and who answer for the subject."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from core.domain.permissions import MANAGERS
from core.models import JournalEntry, Person
from plugins.forum.models import Post, ReadMark, Thread


def post_of(entry: JournalEntry) -> Post | None:
    """The message an entry is about, when it still stands."""
    return Post.objects.filter(uid=entry.subject_key).select_related("thread", "author").first()


def of_message(entry: JournalEntry) -> Iterable[Person]:
    """Participants and followers of the thread, the subject's author, and the managers who answer for it.

    Those who muted the thread are left out; core tells nobody twice and never the writer.
    """
    post = post_of(entry)
    if post is None or not post.is_public:
        return []
    thread = post.thread
    about, owner = thread.about, thread.subject_owner
    wanted = Q(pk__in=ReadMark.objects.filter(thread=thread, wrote=True).values("person"))
    wanted |= follows(thread.subject_type, thread.subject_key)
    if about is not None:
        wanted |= follows(about.subject_type, about.subject_key)
        if about.subject_author is not None:
            wanted |= Q(pk=about.subject_author.pk)
    if owner is not None:
        wanted |= Q(memberships__organisation=owner, memberships__role__in=MANAGERS, memberships__until=None)
    muted = ReadMark.objects.filter(thread=thread, muted=True).values("person")
    return Person.objects.filter(wanted, is_active=True).exclude(pk__in=muted).distinct()


def follows(type_: str, key: str) -> Q:
    """Persons who follow a subject."""
    return Q(follows__subject_type=type_, follows__subject_key=key)


def author_of_message(entry: JournalEntry) -> Iterable[Person]:
    """The local writer of the message, told of what moderation did to it."""
    post = post_of(entry)
    return [post.author] if post is not None and post.author is not None else []


def author_of_thread(entry: JournalEntry) -> Iterable[Person]:
    """Who opened the free thread, told of what moderation did to it."""
    thread = Thread.objects.filter(uid=entry.subject_key).select_related("author").first()
    return [thread.author] if thread is not None and thread.author is not None else []
