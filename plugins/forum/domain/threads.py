"""The life of a thread: begun at its first post, locked, hidden, restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from core.contract import SubjectRef
from core.journal import record
from core.models import Person
from core.registry import registry
from plugins.forum import verbs
from plugins.forum.domain import hiding
from plugins.forum.models import Post, Thread
from plugins.forum.models.threads import CARRIED


class NotDiscussable(LookupError):
    """There is no such subject, or it is not public, or it is not discussed."""


class ThreadClosed(ValueError):
    """The thread is locked or hidden and takes no message."""


@dataclass(frozen=True)
class Place:
    """Where a message goes: a thread, or a subject whose thread begins with this message."""

    about: Any
    thread: Thread | None

    @property
    def title(self) -> str:
        return self.thread.shown_title if self.thread is not None else str(self.about.subject_title)

    @property
    def url(self) -> str:
        """Where the reader came from: the subject's page, or the free thread."""
        if self.about is not None:
            return str(self.about.get_absolute_url())
        return self.thread.get_absolute_url() if self.thread is not None else "/"

    @property
    def ref(self) -> SubjectRef:
        if self.about is not None:
            return self.about.ref
        if self.thread is None:
            raise NotDiscussable
        return self.thread.ref


def discussable(type_: str) -> bool:
    """Whether subjects of this type are discussed."""
    subject = registry.subject(type_)
    return subject is not None and subject.discuss


def place(ref: SubjectRef) -> Place:
    """The place of a subject or of a thread; raises NotDiscussable."""
    if ref.type == Thread.subject_type:
        thread = Thread.objects.filter(uid=ref.key).first()
        if thread is None or not thread.is_public:
            raise NotDiscussable(str(ref))
        return Place(thread.about, thread)
    if not discussable(ref.type):
        raise NotDiscussable(str(ref))
    about = registry.resolve([ref]).get(ref)
    if about is None or not about.is_public:
        raise NotDiscussable(str(ref))
    return Place(about, Thread.objects.on(ref).first())


def begin(about: Any, *, language: str) -> Thread:
    """The main thread of a subject, made when there is none; two at once make one."""
    project = about.subject_project
    thread, _made = Thread.objects.get_or_create(
        about_type=about.subject_type,
        about_key=about.subject_key,
        defaults={
            "project": project,
            "territory": getattr(project, "territory", None),
            "theme": project.themes.first() if project is not None else None,
            "title": str(about.subject_title)[:200] or "…",
            "titles": titles_of(about),
            "language": language,
        },
    )
    thread.__dict__["about"] = about
    return thread


def titles_of(about: Any) -> dict[str, str]:
    """The subject's title in each language of the site that has one of its own."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            title = str(about.subject_title)[:200]
        if title and title not in found.values():
            found[language] = title
    return found


def lock_row(thread: Thread, *, numbers: int = 0) -> None:
    """Hold the thread's row until the transaction ends, after taking the next numbers from it.

    An UPDATE locks the row on PostgreSQL and the database on SQLite, so two posts never share a number.
    """
    Thread.objects.filter(pk=thread.pk).update(highest_number=F("highest_number") + numbers)
    thread.refresh_from_db(fields=[*CARRIED, "highest_number", "locked", "hidden"])


def recount(thread: Thread) -> None:
    """Write again what lists show, after a message was hidden, deleted or restored; call it in the transaction."""
    lock_row(thread)
    visible = thread.posts.filter(state=Post.State.VISIBLE)
    thread.reply_count = visible.filter(number__gt=thread.opening).count()
    last = visible.select_related("author").order_by("-number").first()
    thread.last_posted_at = last.posted_at if last is not None else thread.created_at
    thread.carry(last)
    thread.save(update_fields=CARRIED)


@transaction.atomic
def lock(thread: Thread, *, by: Person, reason: str) -> None:
    """Take no more messages; what was said stays to be read."""
    _switch(thread, "locked", True, by, verbs.THREAD_LOCKED, reason)


@transaction.atomic
def unlock(thread: Thread, *, by: Person, reason: str = "") -> None:
    """Take messages again."""
    _switch(thread, "locked", False, by, verbs.THREAD_UNLOCKED, reason)


@transaction.atomic
def hide(thread: Thread, by: Person | None, *, reason: str = "") -> None:
    """Show the whole thread to nobody but moderators; other instances are told message by message."""
    if _switch(thread, "hidden", True, by, verbs.THREAD_HIDDEN, reason):
        hiding.tell(thread, by)


@transaction.atomic
def restore(thread: Thread, by: Person | None, *, reason: str = "") -> None:
    """Show the thread again."""
    if _switch(thread, "hidden", False, by, verbs.THREAD_RESTORED, reason):
        hiding.tell(thread, by)


def _switch(thread: Thread, flag: str, value: bool, by: Person | None, verb: str, reason: str) -> bool:
    """Set a flag once, with its entry; a second time changes and says nothing. Gives whether it changed."""
    lock_row(thread)
    if getattr(thread, flag) == value:
        return False
    setattr(thread, flag, value)
    thread.listed = thread.last_post_id is not None and not thread.hidden
    thread.save(update_fields=[flag, "listed"])
    record(by, verb, thread, reason=reason)
    return True
