"""Who may do what; nothing is allowed that is not said here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from core.models import Membership, Organisation, Person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MANAGERS = frozenset({Membership.Role.MANAGER, Membership.Role.AGENT})
TREASURERS = frozenset({Membership.Role.TREASURER})


def roles(person: Person | AnonymousUser, organisation: Organisation | None) -> frozenset[str]:
    """The open roles of a person in an organisation; one query."""
    if organisation is None or not person.is_authenticated:
        return frozenset()
    open_roles = Membership.objects.filter(person=person, organisation=organisation, until=None)
    return frozenset(open_roles.values_list("role", flat=True))


def is_animator(person: Person | AnonymousUser) -> bool:
    """Whether the person animates this instance: moderates, publishes, admits."""
    return bool(person.is_authenticated and person.is_active and person.is_animator)


def manages(person: Person | AnonymousUser, subject: Any) -> bool:
    """Whether the person answers for a subject: manager or agent of its owner, or animator of the instance."""
    return is_animator(person) or bool(roles(person, subject.subject_owner) & MANAGERS)


def keeps_accounts(person: Person | AnonymousUser, organisation: Organisation | None) -> bool:
    """Whether the person is a treasurer of the organisation; animators are not."""
    return bool(roles(person, organisation) & TREASURERS)


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless allowed."""
    if not allowed:
        raise PermissionDenied
