"""What core holds about a person, and how it forgets them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.contract import PersonalData
from core.models import (
    Confirmation,
    Follow,
    JournalEntry,
    Letter,
    Membership,
    ModerationCase,
    Notice,
    NoticePreference,
    Person,
    PrivateFile,
    Project,
)


def projects(person: Person) -> list[dict[str, Any]]:
    rows = Project.objects.filter(proposer=person).order_by("pk")
    return [{"texts": row.texts, "status": row.status, "at": row.created_at.isoformat()} for row in rows]


def erase_projects(person: Person) -> None:
    """What was never published goes; what stands for everyone stays, without its author."""
    never = Project.objects.filter(proposer=person, published_at=None, owner=None)
    ModerationCase.objects.filter(
        subject_type=Project.subject_type,
        subject_key__in=never.values("uid"),
        kind=ModerationCase.Kind.PROPOSAL,
    ).delete()
    for project in never:
        project.texts, project.status, project.cover = {}, Project.Status.WITHDRAWN, None
        project.save()
    Project.objects.filter(proposer=person).update(proposer=None)


def memberships(person: Person) -> list[dict[str, Any]]:
    rows = Membership.objects.filter(person=person).select_related("organisation").order_by("pk")
    return [
        {
            "organisation": row.organisation.name,
            "role": row.role,
            "since": row.since.isoformat(),
            "until": row.until.isoformat() if row.until else None,
        }
        for row in rows
    ]


def erase_memberships(person: Person) -> None:
    """Roles are closed, not deleted: who held which office is the organisation's history."""
    Membership.objects.filter(person=person, until=None).update(until=timezone.localdate())


def follows(person: Person) -> list[dict[str, Any]]:
    rows = Follow.objects.filter(person=person).order_by("pk")
    return [
        {"subject": f"{row.subject_type}:{row.subject_key}", "since": row.since.isoformat()} for row in rows
    ]


def erase_follows(person: Person) -> None:
    person.follows.all().delete()


def charters(person: Person) -> list[dict[str, Any]]:
    rows = person.charters.select_related("charter").order_by("pk")
    return [{"version": row.charter.version, "at": row.at.isoformat()} for row in rows]


def erase_charters(person: Person) -> None:
    person.charters.all().delete()


def notices(person: Person) -> list[dict[str, Any]]:
    rows: Any = Notice._default_manager.filter(person=person)
    return [
        {"verb": row.entry.verb, "at": row.created_at.isoformat()}
        for row in rows.select_related("entry").order_by("pk")
    ]


def erase_notices(person: Person) -> None:
    Notice.objects.filter(person=person).delete()
    NoticePreference.objects.filter(person=person).delete()


def journal(person: Person) -> list[dict[str, Any]]:
    rows = JournalEntry.objects.filter(actor=person).order_by("pk")
    return [
        {"verb": row.verb, "subject": str(row.ref), "facts": row.facts, "at": row.at.isoformat()}
        for row in rows.iterator()
    ]


def keep_journal(person: Person) -> None:
    """History stays: the person it names has no name and no address any more."""


def reports(person: Person) -> list[dict[str, Any]]:
    rows = ModerationCase.objects.filter(reporter=person, kind=ModerationCase.Kind.REPORT).order_by("pk")
    return [{"subject": str(row.ref), "reason": row.reason, "at": row.opened_at.isoformat()} for row in rows]


def erase_reports(person: Person) -> None:
    ModerationCase.objects.filter(reporter=person).update(reporter=None)


def mail(person: Person) -> list[dict[str, Any]]:
    rows: Any = Letter._default_manager.filter(to=person.email).order_by("pk")
    return [{"template": row.template, "at": row.created_at.isoformat()} for row in rows]


def erase_mail(person: Person) -> None:
    Letter.objects.filter(to=person.email).delete()
    Confirmation.objects.filter(email=person.email).delete()


def files(person: Person) -> list[dict[str, Any]]:
    rows = PrivateFile.objects.filter(uploader=person).order_by("pk")
    return [
        {"name": row.original_name, "sha256": row.sha256, "at": row.created_at.isoformat()} for row in rows
    ]


def erase_files(person: Person) -> None:
    """Evidence of an organisation stays; who sent it is forgotten."""
    PrivateFile.objects.filter(uploader=person).update(uploader=None)


personal_data = [
    PersonalData("core.projects", projects, erase_projects),
    PersonalData("core.memberships", memberships, erase_memberships),
    PersonalData("core.follows", follows, erase_follows),
    PersonalData("core.charters", charters, erase_charters),
    PersonalData("core.notices", notices, erase_notices),
    PersonalData("core.journal", journal, keep_journal),
    PersonalData("core.reports", reports, erase_reports),
    PersonalData("core.files", files, erase_files),
    PersonalData("core.mail", mail, erase_mail),
]
