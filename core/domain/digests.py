"""One mail a day for those who prefer it: the notices of a day, held until the evening and told together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from core.conf import absolute
from core.contract import SubjectRef
from core.domain import notices
from core.domain.mail import Message, compose, stop_link
from core.models import Notice, NoticePreference, Person

EVENING = time(18)
"""When the day's mail leaves, in the instance's time zone."""
TEMPLATE = "core/mail/digest"


def evening(now: datetime | None = None) -> datetime:
    """The next moment at which a day's mail leaves."""
    here = timezone.localtime(now)
    leaves = here.replace(hour=EVENING.hour, minute=EVENING.minute, second=0, microsecond=0)
    return leaves if leaves > here else leaves + timedelta(days=1)


def hold(told: Iterable[Notice]) -> None:
    """Let the notices of those who want one mail a day wait for the evening; they are not stored yet."""
    rows = list(told)
    daily = set(
        NoticePreference.objects.filter(
            verb=notices.DAILY, person__in={row.person_id for row in rows}
        ).values_list("person_id", flat=True)
    )
    leaves = evening()
    for row in rows:
        if row.person_id in daily:
            row.next_attempt_at = leaves


def send(person: Person, rows: list[Notice], subjects: dict[SubjectRef, Any]) -> None:
    """One mail with all of these notices, in the person's language; its id follows from the first of them."""
    with translation.override(person.language):
        message = Message(
            to=person.email,
            language=person.language,
            key=f"digest.{rows[0].pk}",
            url=absolute(reverse("notices")),
            action=gettext("See them on the site"),
            stop=stop_link(person.language, person=person.uid, verb=notices.ALL),
            why=gettext("You asked for one e-mail a day."),
        )
        told = [notices.tell_of(row, subjects.get(row.entry.ref)) for row in rows]
        compose(message, TEMPLATE, {"told": told, "number": len(told), "person": person}).send()
