"""Standing pages: written once in each language, then the site's own to change."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from wagtail.models import Locale

from core.models import HomePage, SectionPage, StandingPage
from core.text import clean


@transaction.atomic
def ensure(slug: str, texts: Mapping[str, tuple[str, str]]) -> int:
    """Make the page below "About" in each language that has none; what stands is not touched; gives how many."""
    made, key = 0, None
    for language, (title, body) in texts.items():
        home = HomePage.objects.filter(locale__language_code=language).first()
        section = SectionPage.objects.child_of(home).filter(slug="about").first() if home else None
        if section is None:
            continue
        page = StandingPage.objects.child_of(section).filter(slug=slug).first()
        if page is None:
            locale = Locale.objects.get(language_code=language)
            page = StandingPage(
                title=title, slug=slug, locale=locale, body=str(clean(body)), show_in_menus=True
            )
            if key is not None:
                page.translation_key = key
            section.add_child(instance=page)
            page.save_revision(log_action=False).publish()
            made += 1
        key = key or page.translation_key
    return made
