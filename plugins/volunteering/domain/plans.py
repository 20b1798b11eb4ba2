"""The plan of an application: whose turn it is, since when, due when."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from core.journal import record
from core.models import Person
from plugins.volunteering import verbs
from plugins.volunteering.domain.states import WrongState
from plugins.volunteering.models import Application, PlanStep, Side

Kind, State = PlanStep.Kind, PlanStep.State


class NotInPlan(ValueError):
    """A due date that has passed, or a step without words."""


def in_days(delay: timedelta) -> date:
    """The day that is ``delay`` from today."""
    return timezone.localdate() + delay


def lay(application: Application, kind: str, side: str, due: date) -> PlanStep:
    """Add a standard step and give it the turn when nobody has it; call it in a transaction."""
    step = PlanStep.objects.create(application=application, kind=kind, side=side, due=due)
    advance(application)
    return step


def advance(application: Application) -> PlanStep | None:
    """Give the turn to the earliest planned step when nobody has it; gives the current step."""
    current = application.steps.filter(state=State.CURRENT).first()
    if current is not None:
        return current
    step = application.steps.filter(state=State.PLANNED).order_by("due", "id").first()
    if step is not None:
        step.state, step.turn_since = State.CURRENT, timezone.now()
        step.save(update_fields=["state", "turn_since"])
    return step


def close_steps(application: Application, *, by: Person | None, kinds: tuple[str, ...] = ()) -> None:
    """Mark standard steps done because what they ask just happened."""
    open_steps = application.steps.filter(state__in=[State.PLANNED, State.CURRENT], kind__in=kinds)
    open_steps.update(state=State.DONE, done_at=timezone.now(), done_by=by)


def drop_steps(application: Application, *, but: tuple[str, ...] = ()) -> None:
    """Drop what is still open of the plan, for nobody will do it."""
    open_steps = application.steps.filter(state__in=[State.PLANNED, State.CURRENT])
    open_steps.exclude(kind__in=but).update(state=State.DROPPED)


@transaction.atomic
def add_step(
    application: Application, *, by: Person | None, text: str, side: str, due: date, public: bool = False
) -> PlanStep:
    """Add a step in one's own words; raises NotInPlan for a past date or no words, WrongState before acceptance."""
    _check(application, text=text, due=due)
    step = PlanStep.objects.create(
        application=application, text=" ".join(text.split()), side=Side(side), due=due, public=public
    )
    advance(application)
    record(by, verbs.STEP_ADDED, application, organisation=application.mission.host, **facts(step))
    return step


@transaction.atomic
def edit_step(step: PlanStep, *, by: Person | None, text: str, due: date, public: bool) -> None:
    """Change the words or the date of an open step; what was promised before stays in the journal."""
    _check_open(step)
    if text.strip() or step.kind == Kind.OWN:
        _check(step.application, text=text, due=due)
    elif due < timezone.localdate():
        raise NotInPlan("past")
    before = step.due
    step.text, step.due, step.public = " ".join(text.split()), due, public
    step.save(update_fields=["text", "due", "public"])
    record(
        by,
        verbs.STEP_CHANGED,
        step.application,
        organisation=step.application.mission.host,
        due_before=before.isoformat(),
        **facts(step),
    )


@transaction.atomic
def hand_over(step: PlanStep, *, by: Person | None, due: date) -> None:
    """Give a step to the other side, with a new date; its clock starts again."""
    _check_open(step)
    if due < timezone.localdate():
        raise NotInPlan("past")
    step.side = Side.VOLUNTEER if step.side == Side.HOST else Side.HOST
    step.due = due
    if step.is_current:
        step.turn_since = timezone.now()
    step.save(update_fields=["side", "due", "turn_since"])
    record(
        by,
        verbs.STEP_HANDED_OVER,
        step.application,
        organisation=step.application.mission.host,
        **facts(step),
    )


@transaction.atomic
def complete(step: PlanStep, *, by: Person | None) -> PlanStep | None:
    """Tick a step off; the turn passes on when it was this step's. Gives the step that has the turn now."""
    _leave(step, State.DONE, done_at=timezone.now(), done_by=by)
    following = advance(step.application)
    record(
        by,
        verbs.STEP_DONE,
        step.application,
        organisation=step.application.mission.host,
        next_side=following.side if following else "",
        **facts(step),
    )
    return following


@transaction.atomic
def drop(step: PlanStep, *, by: Person | None) -> None:
    """Take a step out of the plan."""
    _leave(step, State.DROPPED)
    advance(step.application)
    record(
        by, verbs.STEP_DROPPED, step.application, organisation=step.application.mission.host, **facts(step)
    )


def facts(step: PlanStep) -> dict[str, str | int]:
    """What the journal keeps of a step."""
    return {"step": step.title, "step_id": step.pk, "side": str(step.side), "due": step.due.isoformat()}


def _leave(step: PlanStep, to: str, **changes: object) -> None:
    """Of two who tick the same step at once, one wins."""
    _check_open(step)
    if not PlanStep.objects.filter(pk=step.pk, state=step.state).update(state=to, **changes):
        raise WrongState(to)
    step.state = to


def _check_open(step: PlanStep) -> None:
    if not step.is_open or step.kind in {Kind.ANSWER, Kind.DECIDE}:
        raise WrongState(f"{step.kind} {step.state}")  # the answer itself is what ends these two


def _check(application: Application, *, text: str, due: date) -> None:
    if application.state != Application.State.ACCEPTED:
        raise WrongState(application.state)
    if due < timezone.localdate() or not text.strip():
        raise NotInPlan("past" if text.strip() else "empty")
