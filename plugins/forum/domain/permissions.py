"""Who may do what in a discussion; what is not said here is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain.permissions import manages
from core.models import Person
from plugins.forum.models import Post, Thread

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Reader = Person | AnonymousUser


def may_moderate(person: Reader, thread: Thread) -> bool:
    """Animators everywhere; managers and agents of the owner on what their organisation answers for."""
    return bool(person.is_authenticated) and person.is_active and manages(person, thread)


def may_post(person: Reader, thread: Thread | None) -> bool:
    """Anyone signed in and active, unless the thread is hidden, or locked and not theirs to moderate."""
    if not person.is_authenticated or not person.is_active:
        return False
    if thread is None or not (thread.locked or thread.hidden):
        return True
    return not thread.hidden and may_moderate(person, thread)


def is_author(person: Reader, post: Post) -> bool:
    """Whether a local message is this person's own."""
    return bool(
        person.is_authenticated and person.is_active and not post.is_remote and post.author_id == person.pk
    )


def may_edit(person: Reader, post: Post) -> bool:
    """One's own visible message in an open thread."""
    return is_author(person, post) and post.is_visible and not post.thread.locked and not post.thread.hidden


def may_delete(person: Reader, post: Post) -> bool:
    """One's own visible message, even in a locked thread."""
    return is_author(person, post) and post.is_visible and not post.thread.hidden
