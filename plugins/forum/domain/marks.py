"""How far each person has read, and who wants to hear of a thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.models import Follow, Person
from plugins.forum.models import ReadMark, Thread

LEVELS = ("watch", "normal", "mute")


def wrote(person: Person, thread: Thread, number: int) -> None:
    """Remember that a person took part; one statement."""
    ReadMark.objects.bulk_create(
        [ReadMark(person=person, thread=thread, last_read=number, wrote=True)],
        update_conflicts=True,
        unique_fields=["person", "thread"],
        update_fields=["last_read", "wrote"],
    )


def read(person: Person, thread: Thread, mark: ReadMark | None, number: int) -> None:
    """Move a person's mark forward, never back; nothing is written when nothing is new."""
    if mark is None:
        ReadMark.objects.bulk_create(
            [ReadMark(person=person, thread=thread, last_read=number)], ignore_conflicts=True
        )
    elif number > mark.last_read:
        ReadMark.objects.filter(pk=mark.pk, last_read__lt=number).update(last_read=number)


def mark_of(person: Person, thread: Thread) -> ReadMark | None:
    """The person's mark in a thread, or None before the first visit."""
    return ReadMark.objects.filter(person=person, thread=thread).first()


def unread(person: Person, threads: Iterable[Thread]) -> dict[int, int]:
    """Unread posts of the threads on screen, by thread id; one query. A thread never opened is all unread."""
    rows = {thread.pk: thread.highest_number for thread in threads}
    read_to = dict(
        ReadMark.objects.filter(person=person, thread__in=rows).values_list("thread_id", "last_read")
    )
    return {pk: max(highest - read_to.get(pk, 0), 0) for pk, highest in rows.items()}


def level(person: Person, thread: Thread, mark: ReadMark | None) -> str:
    """``watch`` every message, ``normal`` (answers where one took part) or ``mute``."""
    if mark is not None and mark.muted:
        return "mute"
    followed = Follow.objects.filter(
        person=person, subject_type=thread.subject_type, subject_key=thread.subject_key
    )
    return "watch" if followed.exists() else "normal"


def set_level(person: Person, thread: Thread, wanted: str) -> None:
    """Choose how much to hear of a thread; an unknown level raises ValueError."""
    if wanted not in LEVELS:
        raise ValueError(wanted)
    ReadMark.objects.update_or_create(person=person, thread=thread, defaults={"muted": wanted == "mute"})
    key: dict[str, Any] = {
        "person": person,
        "subject_type": thread.subject_type,
        "subject_key": thread.subject_key,
    }
    if wanted == "watch":
        Follow.objects.get_or_create(**key)
    else:
        Follow.objects.filter(**key).delete()
