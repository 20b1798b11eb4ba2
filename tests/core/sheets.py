"""The form in which a project is completed, as an agent or its manager sends it."""

from __future__ import annotations


def sheet(**changes):
    """A complete sheet that publishes, with ``changes``."""
    return {
        "action": "publish", "place": "Tafraout", "stage": "idea",
        "title_fr": "Un puits pour l'école", "summary_fr": "Il manque une pompe", "story_fr": "Deux\n\nparagraphes",
    } | changes  # fmt: skip
