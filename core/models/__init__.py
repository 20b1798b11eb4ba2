"""Rows and pages of core."""

from core.models.budgets import BudgetLine
from core.models.charter import Charter, CharterAcceptance
from core.models.confirmations import Confirmation
from core.models.files import PrivateFile
from core.models.follows import Follow
from core.models.journal import JournalEntry
from core.models.letters import Letter, LetterRefusal
from core.models.moderation import ModerationCase
from core.models.notices import Notice, NoticePreference
from core.models.organisations import Membership, Organisation
from core.models.pages import (
    AnnouncementPage,
    CapitalisationSheetPage,
    EventPage,
    HomePage,
    ProjectIndexPage,
    ProjectPage,
    SectionPage,
    StandingPage,
)
from core.models.people import Person
from core.models.projects import Need, Project
from core.models.territories import Territory
from core.models.themes import Theme
from core.models.work import ScheduledRun

__all__ = [
    "AnnouncementPage",
    "BudgetLine",
    "CapitalisationSheetPage",
    "Charter",
    "CharterAcceptance",
    "Confirmation",
    "EventPage",
    "Follow",
    "HomePage",
    "JournalEntry",
    "Letter",
    "LetterRefusal",
    "Membership",
    "ModerationCase",
    "Need",
    "Notice",
    "NoticePreference",
    "Organisation",
    "Person",
    "PrivateFile",
    "Project",
    "ProjectIndexPage",
    "ProjectPage",
    "ScheduledRun",
    "SectionPage",
    "StandingPage",
    "Territory",
    "Theme",
]
