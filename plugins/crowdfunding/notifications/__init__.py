"""Who is told of what happens in crowdfunding; donors, who often have no account, get letters instead."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.models import JournalEntry, Membership, Person
from plugins.crowdfunding.models import Campaign
from plugins.crowdfunding.notifications import cards, money, offers
from plugins.crowdfunding.verbs import (
    ACCOUNT_CHANGED,
    CASH_CORRECTED,
    CASH_DECLARED,
    COLLECTING,
    CONTINUED,
    DRAFTED,
    FAILED,
    MATCHING_ASKED,
    MILESTONE_OBJECTED,
    MILESTONE_RELEASED,
    PLEDGED,
    REWARD_PROBLEM,
    STALLED,
    SUCCEEDED,
)

KEEPERS = (Membership.Role.TREASURER,)
DECIDERS = (Membership.Role.TREASURER, Membership.Role.MANAGER)


def _members(organisation_id: int | None, roles: Iterable[str]) -> Iterable[Person]:
    """Persons with an open role in an organisation; one query."""
    held = {
        "memberships__organisation": organisation_id,
        "memberships__role__in": roles,
        "memberships__until": None,
    }
    return Person.objects.filter(is_active=True, **held).distinct()


def treasurers(entry: JournalEntry) -> Iterable[Person]:
    """Treasurers of the organisation that collects."""
    return _members(entry.organisation_id, KEEPERS)


def collectors_deciders(entry: JournalEntry) -> Iterable[Person]:
    """Managers and treasurers of the collector of a campaign that waits to be opened."""
    collector = Campaign.objects.filter(uid=entry.subject_key).values_list("collector_id", flat=True).first()
    return _members(collector, DECIDERS)


def deciders(entry: JournalEntry) -> Iterable[Person]:
    """Managers and treasurers of the organisation whose bank details changed."""
    return _members(entry.organisation_id, DECIDERS)


def project_team(entry: JournalEntry) -> Iterable[Person]:
    """Managers of the organisation whose project it is."""
    return _members(entry.organisation_id, (Membership.Role.MANAGER, Membership.Role.AGENT))


def cash_book(entry: JournalEntry) -> str:
    """Where cash that waits is confirmed."""
    return reverse("crowdfunding:cash", args=[entry.organisation.slug]) if entry.organisation else ""


def complaints(entry: JournalEntry) -> str:
    """The list of rewards with which something is wrong."""
    slug = Campaign.objects.filter(uid=entry.subject_key).values_list("slug", flat=True).first()
    return f"{reverse('crowdfunding:deliveries', args=[slug])}?state=problem" if slug else ""


notifications = [
    *money.notifications,
    Notification(CASH_DECLARED, deciders, "crowdfunding/mail/told_cash", _("Open the cash book"), cash_book),
    Notification(CASH_CORRECTED, deciders, "crowdfunding/mail/told_cash", _("Open the cash book"), cash_book),
    Notification(PLEDGED, treasurers, "crowdfunding/mail/told_pledged", _("Open the campaign")),
    Notification(DRAFTED, collectors_deciders, "crowdfunding/mail/told_drafted", _("Open the draft")),
    Notification(COLLECTING, collectors_deciders, "core/mail/entry", _("Open the campaign")),
    Notification(STALLED, collectors_deciders, "core/mail/entry", _("Open the campaign")),
    Notification(SUCCEEDED, collectors_deciders, "core/mail/entry", _("Open the campaign")),
    Notification(CONTINUED, collectors_deciders, "core/mail/entry", _("Open the campaign")),
    Notification(FAILED, collectors_deciders, "core/mail/entry", _("Open the campaign")),
    Notification(ACCOUNT_CHANGED, deciders, "crowdfunding/mail/told_account", _("Open the page")),
    Notification(MILESTONE_OBJECTED, project_team, "crowdfunding/mail/told_objected", _("Read the reason")),
    Notification(MILESTONE_RELEASED, treasurers, "crowdfunding/mail/told_released", _("Open the campaign")),
    Notification(MATCHING_ASKED, collectors_deciders, "crowdfunding/mail/told_matching", _("Read the offer")),
    Notification(REWARD_PROBLEM, collectors_deciders, "core/mail/entry", _("Open the list"), complaints),
    *offers.notifications,
    *cards.notifications,
]
