"""People: found by a proven address, their preferences, their data and their leaving."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from core.domain import confirmations
from core.models import Confirmation, Membership, Person
from core.registry import registry


class NobodyLeft(ValueError):
    """The person is the last manager of organisations: somebody must take over first."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class Inactive(PermissionError):
    """The account is closed: it can do nothing more."""


def enter(confirmation: Confirmation, code: str) -> Person:
    """Who signs in with a code; raises what ``confirmations.verify`` raises, and Inactive."""
    confirmations.verify(confirmation, code)
    with transaction.atomic():
        confirmations.use(confirmation)
        return prove(confirmation.email)


@transaction.atomic
def prove(email: str, *, name: str = "") -> Person:
    """The person behind an address that has just proven itself, made if new; raises Inactive."""
    person = Person.objects.for_email(email, name=name)
    if not person.is_active:
        raise Inactive
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )
    return person


def describe(person: Person) -> dict[str, Any]:
    """Everything the site holds about a person, as JSON-ready data, one list per kind of row."""
    return {
        "made_at": timezone.now().isoformat(),
        "person": {
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "joined": person.date_joined.isoformat(),
        },
        **{part.label: part.export(person) for part in registry.personal_data()},
    }


def last_of(person: Person) -> list[str]:
    """Names of organisations that would be left without any manager."""
    mine = Membership.objects.filter(person=person, role=Membership.Role.MANAGER, until=None)
    managed = {row.organisation_id: str(row.organisation) for row in mine.select_related("organisation")}
    others = Membership.objects.filter(organisation__in=managed, role=Membership.Role.MANAGER, until=None)
    kept = set(
        others.exclude(person=person).filter(person__is_active=True).values_list("organisation_id", flat=True)
    )
    return [name for key, name in managed.items() if key not in kept]


@transaction.atomic
def erase(person: Person) -> None:
    """Forget a person: plug-ins first, then the account; what is public history stays without a name.

    Raises NobodyLeft when an organisation would lose its last manager (D22: nothing belongs to one person).
    """
    left = last_of(person)
    if left:
        raise NobodyLeft(left)
    for part in registry.personal_data():
        part.erase(person)
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.email, person.name = f"erased-{person.uid}@erased.invalid", ""
    person.is_active = person.is_animator = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()
