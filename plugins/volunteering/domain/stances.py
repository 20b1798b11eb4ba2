"""Who somebody is to an application: nothing is allowed that is not said here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.permissions import MANAGERS, is_animator, roles
from core.models import Person
from plugins.volunteering.models import Application, Mission, Side
from plugins.volunteering.models.links import is_private_token

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


@dataclass(frozen=True)
class Stance:
    """A reader of an application: one of its two sides, or an animator who sees the plan but no private text."""

    person: Person | None
    side: str = ""
    animates: bool = False
    token: str = ""

    @property
    def may_see(self) -> bool:
        return bool(self.side) or self.animates

    @property
    def may_read_texts(self) -> bool:
        """Messages, notes, hours and feedback are for the two sides only."""
        return bool(self.side)

    @property
    def is_host(self) -> bool:
        return self.side == Side.HOST

    @property
    def is_volunteer(self) -> bool:
        return self.side == Side.VOLUNTEER

    @property
    def is_party(self) -> bool:
        return bool(self.side)


NOBODY = Stance(None)


def stance(person: Person | AnonymousUser, application: Application, token: str = "") -> Stance:
    """The applicant (signed in, or by the private link), a manager of the host, an animator, or nobody.

    A token that does not open this application opens nothing, whoever brings it.
    """
    if token:
        if not is_private_token(application, token) or application.applicant is None:
            return NOBODY
        return Stance(application.applicant, Side.VOLUNTEER, token=token)
    if not isinstance(person, Person) or not person.is_active:
        return NOBODY
    if application.applicant_id == person.pk:
        return Stance(person, Side.VOLUNTEER)
    if runs(person, application.mission):
        return Stance(person, Side.HOST, animates=is_animator(person))
    return Stance(person, animates=True) if is_animator(person) else NOBODY


def runs(person: Person | AnonymousUser, mission: Mission) -> bool:
    """Whether the person is a manager or agent of the mission's host; animators are not."""
    return bool(roles(person, mission.host) & MANAGERS)


def may_edit(person: Person | AnonymousUser, mission: Mission) -> bool:
    """Whether the person may write, open and close the mission: the host's managers and the animators."""
    return is_animator(person) or runs(person, mission)
