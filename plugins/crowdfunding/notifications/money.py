"""Who is told of transfers, expenses above the plan, receipts to cancel and reports that are due."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.models import JournalEntry, Membership, Person
from plugins.crowdfunding.models import Campaign, Payout
from plugins.crowdfunding.verbs import (
    PAYOUT_ARRIVED,
    PAYOUT_RETURNED,
    PAYOUT_SENT,
    PAYOUT_WAITS,
    RECEIPT_STALE,
    REPORT_DUE,
    SPENT_OVER,
)

DECIDERS = (Membership.Role.TREASURER, Membership.Role.MANAGER)
TEMPLATE = "core/mail/entry"


def _members(organisations: Iterable[int | None]) -> Iterable[Person]:
    held = {
        "memberships__organisation__in": [pk for pk in organisations if pk],
        "memberships__role__in": DECIDERS,
        "memberships__until": None,
    }
    return Person.objects.filter(is_active=True, **held).distinct()


def _payout(entry: JournalEntry) -> Payout | None:
    rows = Payout.objects.select_related("collector", "receiver")
    return rows.filter(uid=str(entry.facts.get("payout", ""))).first()


def receivers(entry: JournalEntry) -> Iterable[Person]:
    """Managers and treasurers of who is to confirm a transfer."""
    found = _payout(entry)
    return _members([found.receiver_id] if found else [])


def senders(entry: JournalEntry) -> Iterable[Person]:
    """Managers and treasurers of who sent it."""
    found = _payout(entry)
    return _members([found.collector_id] if found else [])


def both_sides(entry: JournalEntry) -> Iterable[Person]:
    """Managers and treasurers of collector and receiver."""
    campaign = Campaign.objects.filter(uid=entry.subject_key).first()
    return _members([campaign.collector_id, campaign.receiver_id] if campaign else [])


def keepers(entry: JournalEntry) -> Iterable[Person]:
    """Managers and treasurers of the organisation it happened in."""
    return _members([entry.organisation_id])


def _to_receiver(entry: JournalEntry) -> str:
    found = _payout(entry)
    return reverse("crowdfunding:payouts", args=[found.receiver.slug]) if found else "/"


def _to_sender(entry: JournalEntry) -> str:
    found = _payout(entry)
    return reverse("crowdfunding:payouts", args=[found.collector.slug]) if found else "/"


def _to_money(entry: JournalEntry) -> str:
    campaign = Campaign.objects.filter(uid=entry.subject_key).first()
    return reverse("crowdfunding:money", args=[campaign.slug]) if campaign else "/"


def _to_receipts(entry: JournalEntry) -> str:
    return reverse("crowdfunding:receipts", args=[entry.organisation.slug]) if entry.organisation else "/"


def _to_gates(entry: JournalEntry) -> str:
    return (
        reverse("crowdfunding:treasury_gates", args=[entry.organisation.slug]) if entry.organisation else "/"
    )


notifications = [
    Notification(PAYOUT_SENT, receivers, TEMPLATE, _("Say what arrived"), _to_receiver),
    Notification(PAYOUT_WAITS, receivers, TEMPLATE, _("Say what arrived"), _to_receiver),
    Notification(PAYOUT_ARRIVED, senders, TEMPLATE, _("Open the transfers"), _to_sender),
    Notification(PAYOUT_RETURNED, receivers, TEMPLATE, _("Open the transfers"), _to_receiver),
    Notification(SPENT_OVER, both_sides, TEMPLATE, _("See the expenses"), _to_money),
    Notification(RECEIPT_STALE, keepers, TEMPLATE, _("Open the receipts"), _to_receipts),
    Notification(REPORT_DUE, keepers, TEMPLATE, _("Open the rules"), _to_gates),
]
