"""The life of a message: written once, edited with its history kept, deleted, hidden, restored."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from core.journal import record
from core.models import Person, Territory, Theme
from plugins.forum import verbs
from plugins.forum.domain import marks, words
from plugins.forum.domain.permissions import may_delete, may_edit, may_post
from plugins.forum.domain.threads import Place, ThreadClosed, begin, lock_row, recount
from plugins.forum.models import Post, PostRevision, Thread
from plugins.forum.models.threads import CARRIED

QUIET_EDIT = timedelta(minutes=15)
"""How long a message can be changed without a mark that it was."""
PACE = ((timedelta(minutes=1), 5), (timedelta(hours=1), 40))
"""Most messages of one person within each span."""
REPEAT = timedelta(hours=1)
"""How long the same words in the same thread count as sent twice."""


class TooFast(ValueError):
    """The person writes faster than people read."""


class SaidAlready(ValueError):
    """The same words were just posted here by the same person."""

    def __init__(self, post: Post) -> None:
        super().__init__(str(post))
        self.post = post


class NotAllowed(PermissionError):
    """The person may not do this to the message."""


def keep_pace(author: Person) -> None:
    """Raise TooFast when a person floods."""
    now = timezone.now()
    for span, most in PACE:
        if Post.objects.filter(author=author, received_at__gt=now - span).count() >= most:
            raise TooFast


def earlier(author: Person, token: str) -> Post | None:
    """The message a form already made, when it is sent again."""
    return Post.objects.filter(author=author, token=token).select_related("thread").first() if token else None


def append(thread: Thread, **fields: Any) -> Post:
    """Add a message under the next number, holding the thread's row; call it in a transaction."""
    lock_row(thread, numbers=1)
    post = Post.objects.create(thread=thread, number=thread.highest_number, **fields)
    thread.reply_count += post.number > thread.opening
    thread.last_posted_at = post.posted_at if post.number == 1 else max(thread.last_posted_at, post.posted_at)
    thread.carry(post)
    thread.save(update_fields=CARRIED)
    return post


def write(
    *,
    author: Person,
    place: Place,
    text: str,
    in_reply_to: Post | None = None,
    token: str = "",
    language: str = "",
) -> Post:
    """Post a message; the same form sent twice gives the first one.

    Raises EmptyMessage, TooLong, TooFast, SaidAlready, ThreadClosed.
    """
    plain = words.checked(text)
    if known := earlier(author, token):
        return known
    keep_pace(author)
    if place.thread is not None:
        _not_again(author, place.thread, plain)
    spoken = words.written_in(plain, language or get_language() or "fr")
    try:
        with transaction.atomic():
            thread = place.thread or begin(place.about, language=spoken)
            return _say(author, thread, plain, spoken, in_reply_to, token)
    except IntegrityError:
        if known := earlier(author, token):
            return known
        raise


def open_thread(
    *,
    author: Person,
    title: str,
    text: str,
    theme: Theme | None,
    territory: Territory | None,
    token: str = "",
) -> Post:
    """A free thread with its first message; the same form sent twice gives the first one.

    Raises EmptyMessage, TooLong, TooFast.
    """
    plain = words.checked(text)
    if known := earlier(author, token):
        return known
    keep_pace(author)
    spoken = words.written_in(f"{title} {plain}", get_language() or "fr")
    try:
        with transaction.atomic():
            thread = Thread.objects.create(
                title=" ".join(title.split())[:200],
                language=spoken,
                author=author,
                theme=theme,
                territory=territory,
            )
            record(author, verbs.THREAD_OPENED, thread)
            return _say(author, thread, plain, spoken, None, token)
    except IntegrityError:
        if known := earlier(author, token):
            return known
        raise


def _not_again(author: Person, thread: Thread, plain: str) -> None:
    recent = Post.objects.filter(author=author, thread=thread, received_at__gt=timezone.now() - REPEAT)
    twin = recent.filter(text=plain, state=Post.State.VISIBLE).select_related("thread").first()
    if twin is not None:
        raise SaidAlready(twin)


def _say(author: Person, thread: Thread, plain: str, language: str, to: Post | None, token: str) -> Post:
    """Store one typed message and tell the journal."""
    answered = to if to is not None and to.thread_id == thread.pk and to.is_visible else None
    post = append(
        thread,
        author=author,
        text=plain,
        html=str(words.typed(plain)),
        language=language,
        in_reply_to=answered,
        token=token,
    )
    if not may_post(author, thread):
        raise ThreadClosed(str(thread))
    marks.wrote(author, thread, post.number)
    record(author, verbs.POSTED, post, number=post.number)
    return post


@transaction.atomic
def edit(post: Post, *, by: Person, text: str) -> Post:
    """Change one's own words; the earlier ones are kept. Raises NotAllowed, EmptyMessage, TooLong."""
    plain = words.checked(text)
    lock_row(post.thread)
    post.refresh_from_db(fields=["state", "text", "html"])
    if not may_edit(by, post):
        raise NotAllowed
    if plain == post.text:
        return post
    PostRevision.objects.create(post=post, text=post.text, html=post.html)
    post.text, post.html = plain, str(words.typed(plain))
    post.language = words.written_in(plain, post.language)
    if timezone.now() - post.received_at > QUIET_EDIT:
        post.edited_at = timezone.now()
    post.save(update_fields=["text", "html", "language", "edited_at"])
    record(by, verbs.EDITED, post, number=post.number)
    return post


@transaction.atomic
def delete(post: Post, *, by: Person) -> None:
    """Take one's own words away for good; the number stays. Raises NotAllowed."""
    lock_row(post.thread)
    post.refresh_from_db(fields=["state"])
    if not may_delete(by, post):
        raise NotAllowed
    record(by, verbs.DELETED, post, number=post.number)
    wipe(post)


def wipe(post: Post) -> None:
    """Leave a tombstone: no words, no history; call it in a transaction. What moderation hid stays hidden."""
    if post.state != Post.State.HIDDEN:
        post.state = Post.State.DELETED
    post.text, post.html = "", ""
    post.save(update_fields=["state", "text", "html"])
    post.revisions.all().delete()
    recount(post.thread)


def delete_all(person: Person) -> int:
    """Take away for good all the words a person wrote, as many deletions; gives how many."""
    rows = Post.objects.filter(author=person, state=Post.State.VISIBLE, uri="").select_related("thread")
    found = 0
    for post in rows.order_by("pk").iterator(chunk_size=200):
        if not post.thread.hidden:
            with suppress(NotAllowed):  # deleted or hidden meanwhile
                delete(post, by=person)
                found += 1
    return found


@transaction.atomic
def hide(post: Post, by: Person | None, *, reason: str = "") -> None:
    """Show a message to moderators only; a second time changes nothing."""
    lock_row(post.thread)
    if Post.objects.filter(pk=post.pk, state=Post.State.VISIBLE).update(state=Post.State.HIDDEN):
        post.state = Post.State.HIDDEN
        recount(post.thread)
        record(by, verbs.HIDDEN, post, number=post.number, reason=reason)


@transaction.atomic
def restore(post: Post, by: Person | None, *, reason: str = "") -> None:
    """Show a hidden message again; one that its author deleted stays deleted."""
    lock_row(post.thread)
    if Post.objects.filter(pk=post.pk, state=Post.State.HIDDEN).update(state=Post.State.VISIBLE):
        post.state = Post.State.VISIBLE
        recount(post.thread)
        record(by, verbs.RESTORED, post, number=post.number, reason=reason)
