"""Who is told of what in volunteering. Core leaves out whoever did it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.models import JournalEntry, Person
from plugins.volunteering import verbs
from plugins.volunteering.domain.people import animators, managers_of
from plugins.volunteering.models import Application, Side

Recipients = Callable[[JournalEntry], Iterable[Person]]
MAIL = "volunteering/mail/"


def application_of(entry: JournalEntry) -> Application | None:
    """The application that an entry is about."""
    rows = Application.objects.select_related("mission__host", "applicant")
    return rows.filter(uid=entry.subject_key).first()


def side(entry: JournalEntry, which: str) -> list[Person]:
    """The people on one side: the applicant, or every manager and agent of the host."""
    application = application_of(entry)
    if application is None:
        return []
    if which == Side.HOST:
        return managers_of(application.mission.host)
    return [application.applicant] if application.applicant else []


def hosts(entry: JournalEntry) -> list[Person]:
    """The managers of the host."""
    return side(entry, Side.HOST)


def volunteer(entry: JournalEntry) -> list[Person]:
    """The applicant."""
    return side(entry, Side.VOLUNTEER)


def both(entry: JournalEntry) -> list[Person]:
    """Both sides."""
    return [*hosts(entry), *volunteer(entry)]


def other_side(entry: JournalEntry) -> list[Person]:
    """The side that did not speak."""
    return volunteer(entry) if entry.facts.get("side") == Side.HOST else hosts(entry)


def owner(entry: JournalEntry) -> list[Person]:
    """Those who own the step."""
    return side(entry, str(entry.facts.get("side", "")))


def next_owner(entry: JournalEntry) -> list[Person]:
    """Those who have the turn now."""
    following = entry.facts.get("next_side")
    return side(entry, str(following)) if following else both(entry)


def owner_and_animators(entry: JournalEntry) -> list[Person]:
    """Those who own the step, and the animators of the instance."""
    return [*owner(entry), *animators()]


ANSWER, PAGE = _("Answer now"), _("See whose turn it is")
notifications = [
    Notification(verbs.APPLIED, hosts, MAIL + "applied", ANSWER),
    Notification(verbs.WITHDRAWN, hosts, MAIL + "news", PAGE),
    Notification(verbs.SHORTLISTED, volunteer, MAIL + "news", PAGE),
    Notification(verbs.ACCEPTED, volunteer, MAIL + "accepted", PAGE),
    Notification(verbs.DECLINED, volunteer, MAIL + "declined", _("Read the answer")),
    Notification(verbs.NOTED, other_side, MAIL + "news", _("Read and answer")),
    Notification(verbs.STEP_ADDED, owner, MAIL + "news", PAGE),
    Notification(verbs.STEP_CHANGED, both, MAIL + "news", PAGE),
    Notification(verbs.STEP_HANDED_OVER, owner, MAIL + "news", PAGE),
    Notification(verbs.STEP_DONE, next_owner, MAIL + "news", PAGE),
    Notification(verbs.STEP_SOON, owner, MAIL + "reminder", PAGE),
    Notification(verbs.STEP_LATE, owner, MAIL + "reminder", PAGE),
    Notification(verbs.STEP_STALLED, owner_and_animators, MAIL + "reminder", PAGE),
    Notification(verbs.FINISHED, volunteer, MAIL + "news", _("Say how it went")),
    Notification(verbs.STOPPED, both, MAIL + "news", PAGE),
    Notification(verbs.FEEDBACK, other_side, MAIL + "news", PAGE),
    Notification(verbs.HOURS_LOGGED, hosts, MAIL + "news", _("Confirm the hours")),
    Notification(verbs.HOURS_CONFIRMED, volunteer, MAIL + "news", PAGE),
    Notification(verbs.HOURS_REFUSED, volunteer, MAIL + "news", PAGE),
]
