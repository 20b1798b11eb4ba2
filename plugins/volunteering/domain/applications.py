"""Applying and being answered: the first promise between a volunteer and an organisation."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from core.domain import follows, mail
from core.journal import record
from core.models import Person
from plugins.volunteering import verbs
from plugins.volunteering.domain import missions, plans
from plugins.volunteering.domain.states import (
    AGREE_WITHIN,
    ANSWER_WITHIN,
    APPLICATION,
    DECIDE_WITHIN,
    DO_WITHIN,
    TELL_WITHIN,
    WrongState,
    move,
)
from plugins.volunteering.models import Application, Engagement, Mission, Note, PlanStep, Side
from plugins.volunteering.models.links import private_path

State, Kind = Application.State, PlanStep.Kind


class NotOpen(ValueError):
    """The mission takes no applications now."""


class MissionFull(ValueError):
    """All places are taken; the host may raise their number."""


class AlreadyApplied(ValueError):
    """This person already applied to this mission; ``application`` is what they sent."""

    def __init__(self, application: Application) -> None:
        super().__init__(application.uid)
        self.application = application


class ReasonMissing(ValueError):
    """Somebody who is declined is told why."""


@transaction.atomic
def apply(*, mission: Mission, applicant: Person, message: str) -> Application:
    """Offer to do a mission; the host has the turn and a week to answer, the applicant gets a private link.

    Raises NotOpen or AlreadyApplied.
    """
    if not (mission.is_open and mission.is_public):
        raise NotOpen(mission.slug)
    message = message.strip()
    try:
        with transaction.atomic():
            application = Application.objects.create(mission=mission, applicant=applicant, message=message)
    except IntegrityError:
        known = Application.objects.get(mission=mission, applicant=applicant)
        raise AlreadyApplied(known) from None
    plans.lay(application, Kind.ANSWER, Side.HOST, plans.in_days(ANSWER_WITHIN))
    record(applicant, verbs.APPLIED, application, organisation=mission.host)
    send_private_link(application)
    return application


def send_private_link(application: Application, *, again: bool = False) -> None:
    """Mail the applicant the address of their page; ``again`` for one who asks a second time on the same day."""
    person = application.applicant
    if person is None:
        return
    key = f"volunteering-link-{application.uid}-{application.link_nonce}"
    if again:
        key += f"-{timezone.localdate()}"
    step = application.steps.filter(state=PlanStep.State.CURRENT).first()
    with translation.override(person.language):
        context = {
            "mission": application.mission.title,
            "host": str(application.mission.host),
            "due": step.due.isoformat() if step and step.kind == Kind.ANSWER else "",
            "url": private_path(application),
        }
    mail.post(
        person.email,
        "volunteering/mail/private_link",
        context,
        language=person.language,
        key=key,
        urgent=True,
    )


def confirm(application: Application) -> None:
    """The applicant came through the private link: the address is theirs."""
    if application.confirmed_at is None:
        application.confirmed_at = timezone.now()
        application.save(update_fields=["confirmed_at"])


@transaction.atomic
def apply_again(application: Application, *, message: str) -> None:
    """Offer once more after having withdrawn; raises NotOpen or WrongState."""
    if not (application.mission.is_open and application.mission.is_public):
        raise NotOpen(application.mission.slug)
    move(
        application, APPLICATION, State.SENT, message=message.strip(), sent_at=timezone.now(), decided_at=None
    )
    plans.lay(application, Kind.ANSWER, Side.HOST, plans.in_days(ANSWER_WITHIN))
    record(application.applicant, verbs.APPLIED, application, organisation=application.mission.host)


@transaction.atomic
def shortlist(application: Application, *, by: Person | None) -> None:
    """A first answer: likely, not yet sure; the host owes a decision within a week."""
    move(application, APPLICATION, State.SHORTLISTED, **_first_answer(application))
    plans.close_steps(application, by=by, kinds=(Kind.ANSWER,))
    plans.lay(application, Kind.DECIDE, Side.HOST, plans.in_days(DECIDE_WITHIN))
    record(by, verbs.SHORTLISTED, application, organisation=application.mission.host)


@transaction.atomic
def accept(application: Application, *, by: Person | None) -> Engagement:
    """Take a volunteer: an engagement with its plan begins, and they hear of every later stage of the project.

    Raises MissionFull or WrongState.
    """
    mission = Mission.objects.select_for_update().get(pk=application.mission_id)
    if missions.free_places(mission) == 0:
        raise MissionFull(mission.slug)
    now = timezone.now()
    move(
        application, APPLICATION, State.ACCEPTED, decided_at=now, decided_by=by, **_first_answer(application)
    )
    plans.close_steps(application, by=by, kinds=(Kind.ANSWER, Kind.DECIDE))
    engagement = Engagement.objects.create(application=application)
    _lay_plan(application)
    record(by, verbs.ACCEPTED, application, organisation=mission.host)
    record(None, verbs.JOINED, mission, organisation=mission.host)
    missions.settle_places(mission, by=by)
    _follow_project(application)  # last, so that the volunteer is not told of their own arrival
    application.mission = mission
    return engagement


def _lay_plan(application: Application) -> None:
    """What every engagement needs: agree on dates, do it, tell what became of it."""
    mission = application.mission
    agree = plans.in_days(AGREE_WITHIN)
    end = max(mission.ends or mission.starts or plans.in_days(DO_WITHIN), agree)
    PlanStep.objects.bulk_create(
        [
            PlanStep(application=application, kind=Kind.DATES, side=Side.HOST, due=agree),
            PlanStep(application=application, kind=Kind.MISSION, side=Side.VOLUNTEER, due=end),
            PlanStep(application=application, kind=Kind.FOLLOW_UP, side=Side.HOST, due=end + TELL_WITHIN),
        ]
    )
    plans.advance(application)


def _follow_project(application: Application) -> None:
    if application.applicant is not None and application.mission.project.is_public:
        follows.follow(application.applicant, application.mission.project)


@transaction.atomic
def decline(application: Application, *, by: Person | None, reason: str) -> None:
    """Say no, and why; the applicant is offered similar missions. Raises ReasonMissing or WrongState."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    now = timezone.now()
    changes = {"decided_at": now, "decided_by": by, "reason": reason, **_first_answer(application)}
    move(application, APPLICATION, State.DECLINED, **changes)
    plans.close_steps(application, by=by, kinds=(Kind.ANSWER, Kind.DECIDE))
    plans.drop_steps(application)
    record(by, verbs.DECLINED, application, organisation=application.mission.host)


@transaction.atomic
def withdraw(application: Application, *, reason: str = "") -> None:
    """The applicant takes the offer back before it is decided; raises WrongState after that."""
    move(application, APPLICATION, State.WITHDRAWN, decided_at=timezone.now(), reason=reason.strip())
    plans.drop_steps(application)
    record(application.applicant, verbs.WITHDRAWN, application, organisation=application.mission.host)


@transaction.atomic
def leave_note(application: Application, *, side: str, by: Person | None, text: str) -> Note:
    """Write to the other side on the application's page; a host's note counts as a first answer."""
    text = text.strip()
    if not text:
        raise ReasonMissing
    if application.state == State.WITHDRAWN:
        raise WrongState(application.state)
    note = Note.objects.create(application=application, side=side, author=by, text=text)
    if side == Side.HOST and application.first_answer_at is None:
        application.first_answer_at = note.at
        application.save(update_fields=["first_answer_at"])
    record(by, verbs.NOTED, application, organisation=application.mission.host, side=side)
    return note


def _first_answer(application: Application) -> dict[str, object]:
    return {"first_answer_at": application.first_answer_at or timezone.now()}
