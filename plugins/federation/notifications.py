"""Who is told of what happens between instances: the animators."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from core.models import JournalEntry, Person
from plugins.federation import verbs


def animators(entry: JournalEntry) -> Iterable[Person]:
    """Everyone who animates this instance."""
    return Person.objects.filter(is_animator=True, is_active=True)


notifications = [
    Notification(verbs.ASKED_US, animators, "federation/mail/asked_us", action=_("Decide")),
    Notification(verbs.ACCEPTED_US, animators, "federation/mail/accepted_us", action=_("See the link")),
    Notification(verbs.REFUSED_US, animators, "federation/mail/refused_us", action=_("See the link")),
    Notification(verbs.LEFT, animators, "federation/mail/left", action=_("See the link")),
]
