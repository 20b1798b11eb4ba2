"""Who is told that something was offered, or that a line gets more than it needs."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.domain.permissions import MANAGERS
from core.models import JournalEntry, Person
from plugins.crowdfunding.models import Campaign
from plugins.crowdfunding.verbs import DAYS_OFFERED, LINE_OVER, THINGS_OFFERED


def _campaign(entry: JournalEntry) -> Campaign | None:
    return Campaign.objects.filter(uid=entry.subject_key).first()


def answerers(entry: JournalEntry) -> Iterable[Person]:
    """Managers and agents of who receives and of who collects."""
    campaign = _campaign(entry)
    if campaign is None:
        return []
    held = {
        "memberships__organisation__in": [campaign.receiver_id, campaign.collector_id],
        "memberships__role__in": MANAGERS,
        "memberships__until": None,
    }
    return Person.objects.filter(is_active=True, **held).distinct()


def planners(entry: JournalEntry) -> Iterable[Person]:
    """Managers and agents of the organisation whose budget it is, or that collects for it."""
    held = {
        "memberships__organisation": entry.organisation_id,
        "memberships__role__in": MANAGERS,
        "memberships__until": None,
    }
    return Person.objects.filter(is_active=True, **held).distinct()


def things_list(entry: JournalEntry) -> str:
    """Where offers of things are answered."""
    return _list(entry, "things")


def days_list(entry: JournalEntry) -> str:
    """Where offers of days are answered."""
    return _list(entry, "days")


def _list(entry: JournalEntry, kind: str) -> str:
    campaign = _campaign(entry)
    return reverse("crowdfunding:offers", args=[campaign.slug, kind]) if campaign is not None else ""


notifications = [
    Notification(
        THINGS_OFFERED, answerers, "crowdfunding/mail/told_offered", _("Read the offer"), things_list
    ),
    Notification(DAYS_OFFERED, answerers, "crowdfunding/mail/told_offered", _("Read the offer"), days_list),
    Notification(LINE_OVER, planners, "core/mail/entry", _("Open the page")),
]
"""Notifications of offers."""
