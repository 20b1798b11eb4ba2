"""Who core tells of what: ideas reach the animators, answers their authors, decisions those who reported."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.domain import moderation
from core.models import JournalEntry, ModerationCase, Person
from core.verbs import DECLINED, PROPOSED, PUBLISHED, REPORT_ACCEPTED, REPORT_DISMISSED, REPORTED


def animators(entry: JournalEntry) -> list[Person]:
    """Everyone who answers the queue."""
    return moderation.moderators()


def author(entry: JournalEntry) -> list[Person]:
    """Who proposed the project."""
    project = entry.project
    return [project.proposer] if project is not None and project.proposer is not None else []


def reporter(entry: JournalEntry) -> list[Person]:
    """Who reported, when they have an account."""
    case = ModerationCase.objects.select_related("reporter").filter(pk=entry.facts.get("case")).first()
    return [case.reporter] if case is not None and case.reporter is not None else []


def queue(entry: JournalEntry) -> str:
    """The case in the queue, or the queue."""
    case = entry.facts.get("case")
    return reverse("moderation_case", args=[case]) if case else reverse("moderation")


def idea(entry: JournalEntry) -> str:
    """The page where an idea is followed; animators are led on to the queue."""
    return reverse("idea", args=[entry.subject_key])


notifications = [
    Notification(PROPOSED, animators, "core/mail/idea_proposed", _("Read and answer"), idea),
    Notification(PUBLISHED, author, "core/mail/idea_published", _("See it on the site")),
    Notification(DECLINED, author, "core/mail/idea_declined", _("Change it and ask again"), idea),
    Notification(REPORTED, animators, "core/mail/reported", _("Read and answer"), queue),
    Notification(REPORT_ACCEPTED, reporter, "core/mail/report_accepted"),
    Notification(REPORT_DISMISSED, reporter, "core/mail/report_dismissed"),
]
