"""Moderation: ideas and reports wait in one queue, each is answered once, and what was hidden can come back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from core.conf import instance
from core.domain import mail, projects
from core.domain.permissions import MANAGERS, is_animator
from core.journal import record
from core.models import Membership, ModerationCase, Person, Project
from core.models.subjects import SubjectModel
from core.registry import registry
from core.verbs import REPORT_ACCEPTED, REPORT_DISMISSED, REPORTED, RESTORED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ANSWER_WITHIN = timedelta(days=7)
"""What the site promises to those who propose or report."""

Kind, State = ModerationCase.Kind, ModerationCase.State


class AlreadyDecided(ValueError):
    """Somebody else answered this case first."""


class AnswerMissing(ValueError):
    """A refusal says why."""


class CannotHide(ValueError):
    """The subject's plug-in offers no way to hide it, or it is gone."""


def moderates(person: Person | AnonymousUser) -> bool:
    """Animators, and managers and agents of the organisation that hosts this instance."""
    if is_animator(person):
        return True
    if not person.is_authenticated or not person.is_active:
        return False
    host_roles = Membership.objects.filter(person=person, organisation__slug=instance().host, until=None)
    return host_roles.filter(role__in=MANAGERS).exists()


def moderators() -> list[Person]:
    """Everyone who may answer the queue."""
    animators = Person.objects.filter(is_active=True, is_animator=True)
    agents = Person.objects.filter(
        is_active=True,
        memberships__organisation__slug=instance().host,
        memberships__until=None,
        memberships__role__in=MANAGERS,
    )
    return list((animators | agents).distinct().order_by("pk"))


def open_proposal(project: Project) -> ModerationCase:
    """The idea waits for an answer; asking again while it waits opens nothing new."""
    case, _made = ModerationCase.objects.get_or_create(
        kind=Kind.PROPOSAL,
        state=State.OPEN,
        subject_type=project.subject_type,
        subject_key=project.subject_key,
        defaults={"reporter": project.proposer, "language": project.language},
    )
    return case


@transaction.atomic
def report(
    subject: SubjectModel, *, reporter: Person | None, reason: str, contact: str = ""
) -> tuple[ModerationCase, bool]:
    """Tell the animators that something is wrong; once per person and subject while it waits.

    Gives the case and whether it is new. ``contact`` is where a guest wants the answer.
    """
    if not reason.strip():
        raise AnswerMissing
    fields: dict[str, Any] = {
        "kind": Kind.REPORT,
        "state": State.OPEN,
        "subject_type": subject.subject_type,
        "subject_key": subject.subject_key,
    }
    if reporter is not None:
        known = ModerationCase.objects.filter(reporter=reporter, **fields).first()
        if known is not None:
            return known, False
    try:
        with transaction.atomic():
            case = ModerationCase.objects.create(
                reporter=reporter,
                reason=reason.strip(),
                contact=contact if reporter is None else "",
                language=(get_language() or "fr").split("-")[0],
                **fields,
            )
    except IntegrityError:  # the same person pressed twice at once
        return ModerationCase.objects.get(reporter=reporter, **fields), False
    record(reporter, REPORTED, subject, case=case.pk)
    return case, True


@transaction.atomic
def decide(case: ModerationCase, *, by: Person, accept: bool, answer: str = "") -> None:
    """Answer a case: publish or decline an idea, hide what was reported or let it stand.

    Raises AlreadyDecided, AnswerMissing (a declined idea and a dismissed report say why) or CannotHide.
    """
    answer = answer.strip()
    if not accept and not answer:
        raise AnswerMissing
    _take(case, by=by, state=State.ACCEPTED if accept else State.DECLINED, answer=answer)
    subject = subject_of(case)
    if case.kind == Kind.PROPOSAL:
        _answer_idea(subject, by=by, accept=accept, answer=answer)
    else:
        if accept:
            hide(subject, by=by)
        if subject is not None:
            record(by, REPORT_ACCEPTED if accept else REPORT_DISMISSED, subject, case=case.pk, answer=answer)
        _answer_guest(case, subject, accept=accept)


def _take(case: ModerationCase, *, by: Person, state: str, answer: str) -> None:
    """Win the case against anyone who answers at the same moment."""
    changed = {"state": state, "answer": answer, "decided_by": by, "decided_at": timezone.now()}
    if not ModerationCase.objects.filter(pk=case.pk, state=State.OPEN).update(**changed):
        raise AlreadyDecided(str(case))
    for name, value in changed.items():
        setattr(case, name, value)


def _answer_idea(project: Project | None, *, by: Person, accept: bool, answer: str) -> None:
    if project is None:
        raise CannotHide
    if accept:
        projects.publish(project, by=by)
    else:
        projects.decline(project, by=by, reason=answer)


def _answer_guest(case: ModerationCase, subject: SubjectModel | None, *, accept: bool) -> None:
    """A guest who left an address gets the answer there; people with an account get a notice."""
    if case.contact:
        context = {
            "title": subject.subject_title if subject is not None else "",
            "accepted": accept,
            "answer": case.answer,
        }
        mail.post(
            case.contact,
            "core/mail/report_decided",
            context,
            language=case.language,
            key=f"report-{case.pk}-decided",
        )


def subject_of(case: ModerationCase) -> Any:
    """What the case is about, or None when it is gone."""
    return registry.resolve([case.ref]).get(case.ref)


def hide(subject: SubjectModel | None, *, by: Person) -> None:
    """Take a subject from view with its plug-in's own means."""
    known = registry.subject(subject.subject_type) if subject is not None else None
    if known is None or known.hide is None:
        raise CannotHide
    known.hide(subject, by)


@transaction.atomic
def restore(subject: SubjectModel | None, *, by: Person) -> None:
    """Bring a hidden subject back, and say so in the journal."""
    known = registry.subject(subject.subject_type) if subject is not None else None
    if subject is None or known is None or known.restore is None:
        raise CannotHide
    known.restore(subject, by)
    record(by, RESTORED, subject)
