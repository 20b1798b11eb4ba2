"""Who is told of disputes, of what a provider said that fits no row, and of keys that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.models import JournalEntry, Membership, Person
from plugins.crowdfunding.verbs import DISPUTED, PROVIDER_CHANGED, PROVIDER_ODD

DECIDERS = (Membership.Role.TREASURER, Membership.Role.MANAGER)


def _with(roles: Iterable[str]) -> Callable[[JournalEntry], Iterable[Person]]:
    """Persons with an open role in the organisation of an entry; one query."""

    def found(entry: JournalEntry) -> Iterable[Person]:
        held = {
            "memberships__organisation": entry.organisation_id,
            "memberships__role__in": roles,
            "memberships__until": None,
        }
        return Person.objects.filter(is_active=True, **held).distinct()

    return found


def _page(name: str) -> Callable[[JournalEntry], str]:
    """The treasury's page of that name, of the organisation of an entry."""

    def path(entry: JournalEntry) -> str:
        return reverse(f"crowdfunding:{name}", args=[entry.organisation.slug]) if entry.organisation else ""

    return path


treasurers = _with((Membership.Role.TREASURER,))
notifications = [
    Notification(
        DISPUTED,
        treasurers,
        "crowdfunding/mail/told_disputed",
        _("Open the contested gifts"),
        _page("treasury_disputes"),
    ),
    Notification(
        PROVIDER_ODD, treasurers, "crowdfunding/mail/told_odd", _("Look into it"), _page("treasury_events")
    ),
    Notification(
        PROVIDER_CHANGED,
        _with(DECIDERS),
        "crowdfunding/mail/told_keys",
        _("Open the page"),
        _page("treasury_gateways"),
    ),
]
