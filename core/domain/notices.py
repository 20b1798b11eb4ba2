"""Notices: who is told of what happened, in the site's own list and by e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.conf import absolute
from core.contract import Notification
from core.domain import timeline, wakes
from core.domain.mail import Message, compose, later, stop_link
from core.models import Follow, JournalEntry, Notice, NoticePreference, Person
from core.models.subjects import SubjectModel
from core.registry import registry
from core.text import plain

ENTRY = "core/mail/entry"
ALL = "*"
"""The verb of a preference that refuses every e-mail."""
DAILY = "daily"
"""The verb of a preference for one e-mail a day instead of one for each notice."""

_quiet: ContextVar[bool] = ContextVar("notices_quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Tell nobody of what is recorded inside: loading first or imported data is not news."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def on_recorded(sender: Any, entry: JournalEntry, subject: SubjectModel, **kwargs: Any) -> None:
    """Write one notice per person to be told, in the transaction of the change; never the actor, never twice."""
    if _quiet.get():
        return
    told: dict[int, Notice] = {}
    for notification in registry.notifications(entry.verb):
        for person in notification.recipients(entry):
            tell(told, entry, person, notification.template)
    known = registry.verb(entry.verb)
    if entry.public and known is not None and known.follow:
        for follow in followers(subject):
            tell(told, entry, follow.person, ENTRY)
    if told:
        from core.domain import digests

        digests.hold(told.values())
        Notice.objects.bulk_create(told.values(), ignore_conflicts=True)
        wake()


def tell(told: dict[int, Notice], entry: JournalEntry, person: Person | None, template: str) -> None:
    """Add a person to those told, unless it is nobody, the actor, someone gone or someone told already."""
    if person is None or not person.is_active or person.pk == entry.actor_id or person.pk in told:
        return
    told[person.pk] = Notice(person=person, entry=entry, template=template)


def followers(subject: SubjectModel) -> QuerySet[Follow]:
    """Who follows the subject, its project, the organisation that answers for it or a place it lies in."""
    project, owner = subject.subject_project, subject.subject_owner
    refs = {subject.ref}
    refs |= {thing.ref for thing in (project, owner) if thing is not None}
    place = getattr(project or subject, "territory", None)
    wanted = Q()
    for ref in refs:
        wanted |= Q(subject_type=ref.type, subject_key=ref.key)
    if place is not None:
        wanted |= Q(subject_type="core.territory", subject_key__in=place.path.strip("/").split("/"))
    return Follow.objects.filter(wanted).select_related("person").order_by("pk")


def wake() -> None:
    """Tell a worker that notices wait."""
    from core.tasks import send_due_notices

    wakes.wake(send_due_notices)


@dataclass(frozen=True)
class Told:
    """A notice as a reader meets it: the sentence, the subject when it is still there, and its page."""

    notice: Notice
    sentence: str
    subject: Any
    url: str


def sentence(entry: JournalEntry, subject: Any) -> str:
    """What happened, in the active language; the verb's name when its plug-in is off."""
    verb = registry.verb(entry.verb)
    if verb is None:
        return gettext("Something happened")
    return plain(timeline.sentence(entry, str(verb.sentence), subject))


def describe(notices: Iterable[Notice]) -> list[Told]:
    """Notices with their subjects, in a number of queries that does not grow with them."""
    notices = list(notices)
    subjects = registry.resolve(notice.entry.ref for notice in notices)
    return [tell_of(notice, subjects.get(notice.entry.ref)) for notice in notices]


def tell_of(notice: Notice, subject: Any) -> Told:
    """One notice in the active language."""
    known = notification(notice)
    if known is not None and known.url is not None:
        url = known.url(notice.entry)
    else:
        url = subject.url_for(notice.person) if subject is not None else ""
    return Told(notice, sentence(notice.entry, subject), subject, url)


def of_person(person: Person) -> QuerySet[Any]:
    """A person's notices, newest first."""
    return (
        Notice.objects.filter(person=person)
        .select_related("person", "entry__actor", "entry__organisation")
        .order_by("-pk")
    )


def unread(person: Person) -> int:
    """How many notices the person has not read."""
    return Notice.objects.filter(person=person, read_at=None).count()


def mark_read(person: Person, *, until: int | None = None, at: datetime | None = None) -> int:
    """Mark the person's notices read, up to an id when given, so that later ones stay unread; gives how many."""
    rows = Notice.objects.filter(person=person, read_at=None)
    if until is not None:
        rows = rows.filter(pk__lte=until)
    return rows.update(read_at=at or timezone.now())


def deliver(number: int = 50) -> int:
    """Send the e-mails of notices that are due; gives how many were tried."""
    queryset = Notice.objects.select_related(
        "person", "entry__actor", "entry__organisation", "entry__project"
    )
    rows: list[Any] = queryset.take(number)
    subjects = registry.resolve(row.entry.ref for row in rows)
    chosen = set(
        NoticePreference.objects.filter(person__in={row.person_id for row in rows}).values_list(
            "person_id", "verb"
        )
    )
    for mail in mails(rows, {person for person, verb in chosen if verb == DAILY}):
        wanted = [row for row in mail if row.person.is_active and not refused(row, chosen)]
        try:
            if wanted:
                write(wanted, subjects, together=(wanted[0].person_id, DAILY) in chosen)
        except Exception as error:
            for row in mail:
                later(row, error)
        else:
            for row in mail:
                row.finish()
    return len(rows)


def mails(rows: Iterable[Notice], daily: set[int]) -> list[list[Notice]]:
    """Notices as they go out: together for those who want one mail a day, one by one for the others."""
    together: dict[int, list[Notice]] = {}
    for row in rows:
        together.setdefault(row.person_id if row.person_id in daily else -row.pk, []).append(row)
    return list(together.values())


def refused(notice: Notice, chosen: set[tuple[int, str]]) -> bool:
    """Whether the person refuses e-mails of this verb, or of any."""
    return bool(chosen & {(notice.person_id, notice.entry.verb), (notice.person_id, ALL)})


def write(rows: list[Notice], subjects: dict[Any, Any], *, together: bool) -> None:
    """Send one person's notices: as the day's mail, or the single one it is."""
    from core.domain import digests

    if together:
        digests.send(rows[0].person, rows, subjects)
    else:
        send(rows[0], subjects.get(rows[0].entry.ref))


def send(notice: Notice, subject: Any) -> None:
    """Send one notice's e-mail in the person's language."""
    person, entry = notice.person, notice.entry
    with translation.override(person.language):
        told, known = tell_of(notice, subject), notification(notice)
        message = Message(
            to=person.email,
            language=person.language,
            key=f"notice.{notice.pk}",
            url=absolute(told.url) if told.url else "",
            action=str(known.action) if known is not None and known.action else gettext("See it on the site"),
            stop=stop_link(person.language, person=person.uid, verb=entry.verb),
            why=gettext("You receive this because you take part in or follow “%(subject)s”.")
            % {"subject": subject.subject_title if subject is not None else gettext("this site")},
        )
        context = {
            "entry": entry,
            "person": person,
            "subject": subject,
            "sentence": told.sentence,
            "facts": entry.facts,
            "project": entry.project,
        }
        compose(message, notice.template, context).send()


def notification(notice: Notice) -> Notification | None:
    """The declaration that a notice came from; None for followers and for plug-ins that are off."""
    declared = registry.notifications(notice.entry.verb)
    return next((one for one in declared if one.template == notice.template), None)


def refuse(person: Person, verb: str) -> None:
    """No more e-mails of a verb, or of any (``*``); the site's list goes on."""
    NoticePreference.objects.get_or_create(person=person, verb=verb)


def set_refused(person: Person, verbs: Iterable[str]) -> None:
    """Replace what the person refuses."""
    verbs = set(verbs)
    NoticePreference.objects.filter(person=person).exclude(verb__in=verbs).delete()
    rows = [NoticePreference(person=person, verb=verb) for verb in verbs]
    NoticePreference.objects.bulk_create(rows, ignore_conflicts=True)


def verb_label(verb: str) -> str | Promise:
    """How a preference names a verb to people: its sentence with readable placeholders."""
    known = registry.verb(verb)
    if known is None:
        return verb
    words = _Ellipsis(actor=_("someone"), subject=_("a project or an organisation"))
    return str(known.sentence).format_map(words)


class _Ellipsis(dict[str, Any]):
    """Facts nobody knows yet are shown as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def notifiable() -> list[tuple[str, str]]:
    """Verbs that people can be told of, with a label in the active language, for the preferences form."""
    names = {
        verb.name
        for verb in registry.verbs()
        if registry.notifications(verb.name) or (verb.public and verb.follow)
    }
    return sorted(((name, str(verb_label(name))) for name in names), key=lambda pair: pair[1])
