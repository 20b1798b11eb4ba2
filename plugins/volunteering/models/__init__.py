"""Rows of volunteering."""

from plugins.volunteering.models.applications import Application, Note
from plugins.volunteering.models.engagements import Engagement, Feedback, HoursEntry
from plugins.volunteering.models.missions import Mission
from plugins.volunteering.models.plans import PlanStep, Reminder, Side
from plugins.volunteering.models.skills import Skill

__all__ = [
    "Application",
    "Engagement",
    "Feedback",
    "HoursEntry",
    "Mission",
    "Note",
    "PlanStep",
    "Reminder",
    "Side",
    "Skill",
]
