"""Who collects: bank details, who may change them, and the gate of the authorisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core.domain.permissions import is_animator, keeps_accounts, roles
from core.journal import record
from core.models import Membership, Organisation, Person
from plugins.crowdfunding.gateways.base import Beneficiary
from plugins.crowdfunding.models import CollectorSettings, Pledge
from plugins.crowdfunding.verbs import ACCOUNT_CHANGED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

FIELDS = (
    "country", "account_holder", "iban", "bic", "rib", "authorisation_number", "authorised_from", "authorised_until",
)  # fmt: skip


class NotAuthorised(ValueError):
    """The collector may not take money yet: its authorisation is missing or out of date."""


class NotSetUp(ValueError):
    """The organisation has not said where its money goes, or not for this currency."""


def may_keep(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person sees and changes the money of an organisation: its treasurers, nobody else."""
    return keeps_accounts(person, organisation)


def may_set_up(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person may enter the bank details: treasurers and managers of the organisation itself."""
    return bool(roles(person, organisation) & {Membership.Role.TREASURER, Membership.Role.MANAGER})


def treasuries(person: Person | AnonymousUser) -> list[Organisation]:
    """Organisations whose treasury the person keeps."""
    if not person.is_authenticated:
        return []
    kept = {
        "memberships__person": person,
        "memberships__until": None,
        "memberships__role": Membership.Role.TREASURER,
    }
    return list(Organisation.objects.filter(**kept).distinct())


def settings_of(organisation: Organisation) -> CollectorSettings:
    """The organisation's row; raises NotSetUp when there is none."""
    found = CollectorSettings.objects.filter(organisation=organisation).first()
    if found is None:
        raise NotSetUp(str(organisation))
    return found


def check_set_up(organisation: Organisation, currency: str) -> CollectorSettings:
    """The row, when a transfer in this currency can reach the account; raises NotSetUp."""
    found = settings_of(organisation)
    if not found.takes(currency):
        raise NotSetUp(f"{organisation} · {currency}")
    return found


def beneficiary(found: CollectorSettings) -> Beneficiary:
    """The account as gateways see it."""
    return Beneficiary(holder=found.account_holder, iban=found.iban, bic=found.bic, rib=found.rib)


@transaction.atomic
def save(organisation: Organisation, *, by: Person | None, **values: Any) -> CollectorSettings:
    """Write bank details already checked; donors who wait for the authorisation are told when it opens the gate."""
    from plugins.crowdfunding.domain import letters

    found = CollectorSettings.objects.select_for_update().filter(organisation=organisation).first()
    shut = found is not None and not found.may_collect()
    found = found or CollectorSettings(organisation=organisation)
    changed = [name for name in FIELDS if name in values and getattr(found, name) != values[name]]
    for name in changed:
        setattr(found, name, values[name])
    found.save()
    if changed:
        record(by, ACCOUNT_CHANGED, organisation, organisation=organisation, fields=", ".join(changed))
    if shut and found.may_collect():
        waiting = Pledge.objects.filter(collector=organisation, state=Pledge.State.PLEDGED)
        for pledge in waiting.select_related("campaign").order_by("pk"):
            letters.payable(pledge)
    return found


def animates_or_sets_up(person: Person | AnonymousUser, organisation: Organisation) -> bool:
    """Whether the person may read the state of the settings: who may change them, and animators."""
    return is_animator(person) or may_set_up(person, organisation)
