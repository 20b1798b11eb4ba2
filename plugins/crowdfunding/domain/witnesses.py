"""Named witnesses: invited by letter, known by name once they accepted, who look and say what they saw."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.domain import photos
from core.domain.permissions import is_animator
from core.journal import record
from core.models import Person
from plugins.crowdfunding.domain import milestone_letters, milestones
from plugins.crowdfunding.domain.lifecycles import NotPossible, Table, after
from plugins.crowdfunding.models import Campaign, Milestone, Testimony, Witness
from plugins.crowdfunding.verbs import (
    MILESTONE_CONFIRMED,
    MILESTONE_OBJECTED,
    WITNESS_ACCEPTED,
    WITNESS_LEFT,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_W = Witness.State
LIFE: Table = {
    _W.INVITED: {"accept": _W.ACCEPTED, "leave": _W.LEFT},
    _W.ACCEPTED: {"leave": _W.LEFT},
    _W.LEFT: {"accept": _W.ACCEPTED},
}
REMINDERS = (timedelta(days=7), timedelta(days=14))
MOST = 12


class AlreadyInvited(ValueError):
    """This address is a witness of the campaign already."""


class TooMany(ValueError):
    """More than MOST witnesses."""


class AlreadySaid(ValueError):
    """The witness has spoken on this claim."""


class PhotoMissing(ValueError):
    """A confirmation shows what was seen."""


def of_campaign(campaign: Campaign) -> QuerySet[Witness]:
    """Witnesses invited or there, in the order of their invitation."""
    return Witness.objects.filter(campaign=campaign).exclude(state=_W.LEFT).order_by("pk")


def of_person(person: Person) -> QuerySet[Witness]:
    """Where a person is a witness, or invited to be one, newest first."""
    rows = Witness.objects.filter(person=person).exclude(state=_W.LEFT)
    return rows.select_related("campaign__project").order_by("-pk")


def may_remove(person: Person | AnonymousUser, witness: Witness) -> bool:
    """Whether the person may take a witness off: the team before anything is given, then animators alone.

    A team must not get rid of who objects.
    """
    if is_animator(person):
        return True
    return milestones.may_plan(person, witness.campaign) and milestones.changeable(witness.campaign)


@transaction.atomic
def invite(
    campaign: Campaign, *, by: Person | None, name: str, email: str, role: str = "", language: str = "fr"
) -> Witness:
    """Ask somebody to be a witness, by letter. Raises AlreadyInvited and TooMany."""
    from plugins.crowdfunding.domain import campaigns

    campaign = campaigns.lock(campaign)
    address = email.strip().lower()
    known = Witness.objects.filter(campaign=campaign, email=address).first()
    if known is not None and known.state != _W.LEFT:
        raise AlreadyInvited(address)
    if of_campaign(campaign).count() >= MOST:
        raise TooMany(campaign.slug)
    row = known or Witness(campaign=campaign, email=address)
    row.name, row.role, row.language = " ".join(name.split()), " ".join(role.split()), language
    row.state, row.invited_at, row.answered_at = _W.INVITED, timezone.now(), None
    row.person = Person.objects.filter(email__iexact=address).first()
    row.save()
    milestone_letters.invited(row, by=by)
    return row


def _locked(row: Witness) -> Witness:
    rows = Witness.objects.select_related("campaign__project", "campaign__collector", "campaign__tally")
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


@transaction.atomic
def accept(row: Witness) -> Witness:
    """The witness agrees to look, and to be named; claims that wait are sent. Raises NotPossible."""
    found = _locked(row)
    found.state = after(LIFE, found.state, "accept")
    found.answered_at = timezone.now()
    found.save(update_fields=["state", "answered_at"])
    record(found.person, WITNESS_ACCEPTED, found.campaign)
    waiting = Milestone.objects.filter(campaign=found.campaign, state=Milestone.State.CLAIMED)
    for milestone in waiting.select_related("campaign"):
        milestone_letters.asked(found, milestone)
    return found


@transaction.atomic
def leave(row: Witness, *, by: Person | None) -> None:
    """No longer a witness, by the witness's own will or an animator's; what was said stays. Raises NotPossible."""
    found = _locked(row)
    was = found.state
    found.state = after(LIFE, was, "leave")
    found.answered_at = timezone.now()
    found.save(update_fields=["state", "answered_at"])
    if was == _W.ACCEPTED:
        record(by, WITNESS_LEFT, found.campaign)


@transaction.atomic
def speak(
    row: Witness, milestone: Milestone, *, confirms: bool, words: str = "", photo: str = ""
) -> Testimony:
    """Confirm the present claim with a photo (a token of ``photos.keep``), or object with a reason.

    Raises NotPossible, AlreadySaid and PhotoMissing.
    """
    witness = _locked(row)
    steps = milestones.locked(witness.campaign)
    found = next(step for step in steps if step.pk == milestone.pk)
    if witness.state != _W.ACCEPTED or found.state != Milestone.State.CLAIMED:
        raise NotPossible(found.state, "speak")
    image = photos.to_image(photo, title=found.title) if photo else None
    if confirms and image is None:
        raise PhotoMissing
    verdict = Testimony.Verdict.CONFIRMS if confirms else Testimony.Verdict.OBJECTS
    try:
        with transaction.atomic():
            said = Testimony.objects.create(
                milestone=found,
                witness=witness,
                claim=found.claim,
                verdict=verdict,
                words=words.strip(),
                photo=image,
            )
    except IntegrityError:
        raise AlreadySaid from None
    _conclude(found, witness, confirms=confirms)
    return said


def _conclude(found: Milestone, witness: Witness, *, confirms: bool) -> None:
    """What a testimony makes of a locked step: an objection holds it, enough confirmations release it."""
    facts = milestones.facts(found)
    if not confirms:
        found.state = after(milestones.LIFE, found.state, "object")
        found.save(update_fields=["state"])
        record(
            witness.person,
            MILESTONE_OBJECTED,
            found.campaign,
            organisation=found.campaign.project.owner,
            **facts,
        )
        return
    there = milestones.confirmations([found]).get(found.pk, 0)
    record(
        witness.person,
        MILESTONE_CONFIRMED,
        found.campaign,
        **facts,
        there=str(there),
        needed=str(found.needed),
    )
    if there >= found.needed:
        milestones.confirm(found, by=witness.person)


def to_ask(witness: Witness) -> list[Milestone]:
    """Claims that wait for this witness's word."""
    said = Testimony.objects.filter(witness=witness).values_list("milestone_id", "claim")
    known = set(said)
    waiting = Milestone.objects.filter(campaign=witness.campaign, state=Milestone.State.CLAIMED)
    rows = waiting.select_related("campaign__tally").order_by("position")
    return [row for row in rows if (row.pk, row.claim) not in known]


def remind(now: datetime | None = None) -> int:
    """Remind witnesses of claims after 7 and 14 days; gives how many letters were posted."""
    now = now or timezone.now()
    sent = 0
    for number, delay in reversed(list(enumerate(REMINDERS, start=1))):
        waiting = Milestone.objects.filter(
            state=Milestone.State.CLAIMED, claimed_at__lte=now - delay, reminders__lt=number
        )
        for row in list(waiting.select_related("campaign").order_by("pk")[:200]):
            sent += _remind(row, number)
    return sent


@transaction.atomic
def _remind(row: Milestone, number: int) -> int:
    won = Milestone.objects.filter(
        pk=row.pk, state=Milestone.State.CLAIMED, claim=row.claim, reminders__lt=number
    )
    if not won.update(reminders=number):
        return 0
    spoken = Testimony.objects.filter(milestone=row, claim=row.claim).values("witness")
    silent = Witness.objects.filter(campaign=row.campaign_id, state=_W.ACCEPTED).exclude(pk__in=spoken)
    rows = list(silent)
    for witness in rows:
        milestone_letters.asked(witness, row, reminder=number)
    return len(rows)
