"""What volunteering knows of a person, and how it forgets them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.contract import PersonalData
from core.models import Person
from plugins.volunteering.domain import applications
from plugins.volunteering.models import Application, Feedback, HoursEntry, Note, Side


def export(person: Person) -> list[dict[str, Any]]:
    """Each application with its notes, hours and feedback by this person."""
    rows = Application.objects.filter(applicant=person).select_related("mission__host")
    rows = rows.prefetch_related("notes", "engagement__hours", "engagement__feedback").order_by("pk")
    return [describe(row) for row in rows]


def describe(row: Application) -> dict[str, Any]:
    """One application as JSON-ready facts."""
    engagement = getattr(row, "engagement", None)
    hours = engagement.hours.all() if engagement else []
    feedback = engagement.feedback.all() if engagement else []
    return {
        "mission": row.mission.title,
        "organisation": row.mission.host.name,
        "message": row.message,
        "state": row.state,
        "sent_at": row.sent_at.isoformat(),
        "reason": row.reason,
        "notes": [{"at": n.at.isoformat(), "by": n.side, "text": n.text} for n in row.notes.all()],
        "hours": [
            {"day": h.day.isoformat(), "minutes": h.minutes, "text": h.text, "state": h.state} for h in hours
        ],
        "feedback": [{"by": f.side, "text": f.text, "at": f.at.isoformat()} for f in feedback],
    }


def written_for_hosts(person: Person) -> list[dict[str, Any]]:
    """Notes the person wrote in the name of an organisation."""
    rows = Note.objects.filter(author=person, side=Side.HOST).order_by("pk")
    return [{"at": row.at.isoformat(), "text": row.text} for row in rows]


@transaction.atomic
def erase(person: Person) -> None:
    """Take back what still waits, blank what the person wrote, keep counts and confirmed hours without a name."""
    mine = Application.objects.filter(applicant=person).select_related("mission__host", "mission__project")
    for row in mine.filter(state__in=[Application.State.SENT, Application.State.SHORTLISTED]):
        applications.withdraw(row)
    ids = list(mine.values_list("pk", flat=True))
    Note.objects.filter(application__in=ids).update(text="", author=None)
    Feedback.objects.filter(engagement__application__in=ids, side=Side.VOLUNTEER).update(text="")
    HoursEntry.objects.filter(engagement__application__in=ids).update(text="")
    Application.objects.filter(pk__in=ids).update(applicant=None, message="", reason="")
    for row in Application.objects.filter(pk__in=ids).prefetch_related("steps"):
        row.steps.filter(kind="own").update(text="…", public=False)


@transaction.atomic
def erase_for_hosts(person: Person) -> None:
    """What was said in an organisation's name stays its own, without the person."""
    Note.objects.filter(author=person).update(author=None)


personal_data = [
    PersonalData("volunteering.applications", export, erase),
    PersonalData("volunteering.notes", written_for_hosts, erase_for_hosts),
]
