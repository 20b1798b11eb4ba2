"""A campaign as its manager writes it: prepared through the domain, and the fields of its form."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import campaigns
from tests.factories import ProjectFactory

TEXTS = {
    "fr": {"title": "Le stock commun", "story": "<p>Bocaux<script>x</script></p>"},
    "ar": {"title": "", "story": ""},
}


def prepare(project=None, collector=None, **facts):
    """A draft of 6,000 € for thirty days, collected by the project's own organisation."""
    project = project or ProjectFactory()
    day = timezone.localdate()
    values = {"goal": money(600_000, "EUR"), "opens_on": day, "closes_on": day + timedelta(days=30)} | facts
    collector = collector or project.owner
    return campaigns.prepare(
        project, by=None, texts=TEXTS, collector=collector, receiver=project.owner, **values
    )


def form(**fields):
    """What the manager types: a caravan of 2,800 €."""
    day = timezone.localdate()
    return {
        "currency": "EUR",
        "kind": "keep",
        "goal": "2 800",
        "minimum": "1",
        "opens_on": day.isoformat(),
        "closes_on": (day + timedelta(days=30)).isoformat(),
        "title_fr": "Caravane médicale",
        "story_fr": "Trois jours.\n\nTrente cartables.",
    } | fields
