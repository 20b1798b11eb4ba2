"""Announcements and capitalisation sheets: Wagtail pages, one per language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Page

from core.models import (
    AnnouncementPage,
    CapitalisationSheetPage,
    Organisation,
    Project,
    SectionPage,
    Territory,
)
from core.text import paragraphs
from sites.demo.source import rows


def load_announcements() -> None:
    """Announcements, with the days they stand."""
    for row in rows("announcements"):
        until = timezone.now() + timedelta(days=row["days"])
        write(AnnouncementPage, "announcements", row, expire_at=until)


def load_sheets() -> None:
    """Capitalisation sheets grown out of a project."""
    for row in rows("sheets"):
        project = Project.objects.get(slug=row["project"])
        write(CapitalisationSheetPage, "sheets", row, project=project)


def write(kind: type[Page], section: str, row: dict[str, Any], **facts: Any) -> None:
    """One live page per language under the section, sharing a translation key; existing ones are left alone."""
    first: Page | None = None
    for language, text in row["texts"].items():
        locale = Locale.objects.get(language_code=language)
        if kind._default_manager.filter(slug=row["slug"], locale=locale).exists():
            return
        page = kind(
            slug=row["slug"],
            locale=locale,
            territory=Territory.objects.get(code=row["territory"]),
            organisation=Organisation.objects.get(slug=row["organisation"]),
            title=text["title"],
            **{key: str(paragraphs(value)) for key, value in text.items() if key != "title"},
            **facts,
        )
        if first is not None:
            page.translation_key = first.translation_key
        SectionPage.objects.get(slug=section, locale=locale).add_child(instance=page)
        page.save_revision(log_action=False).publish()
        first = first or page
