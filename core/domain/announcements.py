"""Announcements: anyone who signed the charter posts one, it expires, animators can take it from view."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Locale, Page

from core.journal import record
from core.models import AnnouncementPage, HomePage, Organisation, Person, SectionPage, Territory
from core.models.pages import EditorialPage
from core.text import paragraphs
from core.verbs import ANNOUNCED, ANNOUNCEMENT_REMOVED

LONGEST = timedelta(days=90)


def section(language: str) -> SectionPage:
    """Where announcements of a language stand; French when the language has no tree."""
    for code in (language, settings.LANGUAGE_CODE):
        home = HomePage.objects.filter(locale__language_code=code).first()
        found = SectionPage.objects.child_of(home).filter(slug="announcements").first() if home else None
        if found is not None:
            return found
    raise LookupError("announcements")


def free_slug(parent: Page, title: str) -> str:
    """A slug no sibling has, from a title in any script."""
    base = slugify(title, allow_unicode=True)[:80].strip("-") or "announcement"
    slug, number = base, 1
    while parent.get_children().filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def announce(
    *,
    author: Person,
    title: str,
    body: str,
    until: date,
    language: str,
    territory: Territory | None = None,
    organisation: Organisation | None = None,
) -> AnnouncementPage:
    """Publish an announcement at once, in one language, until the end of a day; tells the territory's followers."""
    parent = section(language)
    words = " ".join(body.split())
    page = AnnouncementPage(
        title=title,
        slug=free_slug(parent, title),
        locale=Locale.objects.get(language_code=parent.locale.language_code),
        body=str(paragraphs(body)),
        summary=words if len(words) <= 300 else f"{words[:299]}…",
        expire_at=end_of(until),
        author=author,
        territory=territory,
        organisation=organisation,
        show_in_menus=False,
    )
    parent.add_child(instance=page)
    page.save_revision(log_action=False).publish()
    page.refresh_from_db()
    record(author, ANNOUNCED, page, organisation=organisation)
    return page


def end_of(day: date) -> datetime:
    """The last minute of a day, here."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


@transaction.atomic
def remove(page: AnnouncementPage, by: Person | None) -> None:
    """Take an announcement from view in every language, by its author or an animator."""
    record(by, ANNOUNCEMENT_REMOVED, page)
    unpublish(page, by)


def unpublish(page: EditorialPage, by: Person | None) -> None:
    """Take a page and its translations from view; nothing is deleted."""
    for version in type(page).objects.filter(translation_key=page.translation_key, live=True):
        version.unpublish()


def republish(page: EditorialPage, by: Person | None) -> None:
    """Show a page and its translations again."""
    for version in type(page).objects.filter(translation_key=page.translation_key, live=False):
        version.save_revision(log_action=False).publish()
