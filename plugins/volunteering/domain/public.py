"""A mission in words that stand alone: what other instances, the API and share cards may say of it."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext

from core.conf import absolute
from core.contract import PublicObject, Text
from core.text import clean, shorten
from plugins.volunteering.domain.dates import day
from plugins.volunteering.models import Mission


def facts_in_words(mission: Mission) -> list[str]:
    """Kind, place, time and number as short sentences in the active language."""
    found = [str(mission.get_kind_display()), gettext("from anywhere") if mission.remote else ""]
    place = mission.territory
    if place is not None:
        found.append(gettext("on site: %(place)s") % {"place": place.name})
    if mission.starts and mission.ends and mission.starts != mission.ends:
        found.append(
            gettext("from %(start)s to %(end)s") % {"start": day(mission.starts), "end": day(mission.ends)}
        )
    elif (only := mission.starts or mission.ends) is not None:
        found.append(gettext("on %(day)s") % {"day": day(only)})
    if mission.hours:
        found.append(ngettext("%(n)s hour", "%(n)s hours", mission.hours) % {"n": mission.hours})
    if mission.people:
        found.append(
            ngettext("%(n)s person sought", "%(n)s people sought", mission.people) % {"n": mission.people}
        )
    else:
        found.append(gettext("all who fit are taken"))
    return [fact for fact in found if fact]


def html(mission: Mission, language: str) -> str:
    """Title, facts, story, criteria and a link last, in one language."""
    text = mission.texts[language]
    with translation.override(language):
        url = absolute(mission.get_absolute_url())
        facts = " · ".join(facts_in_words(mission))
        parts = [
            format_html("<p><strong>{}</strong></p>", text["title"]),
            format_html("<p>{} · {}</p>", str(mission.host), facts),
            clean(text.get("story", "")),
            clean(text.get("criteria", "")),
            format_html('<p><a href="{}">{}</a></p>', url, gettext("Offer to help")),
        ]
    return str(clean(format_html_join("", "{}", ((part,) for part in parts))))


def describe(mission: Mission) -> PublicObject | None:
    """The mission as anyone may read it, or None when it must not leave. Never an applicant, never a count of them."""
    if not mission.is_public or mission.project.is_remote:
        return None
    texts = {}
    for language, text in mission.texts.items():
        story = text.get("story", "")
        texts[language] = Text(text["title"], shorten(story, 155), html(mission, language))
    return PublicObject(
        subject=mission.ref,
        url=absolute(mission.get_absolute_url()),
        texts=texts,
        language=mission.language,
        published=mission.published_at or mission.created_at,
        updated=mission.updated_at,
        author=mission.host,
        context=mission.project.ref,
        extra=extra(mission),
    )


def extra(mission: Mission) -> dict[str, Any]:
    """Facts for machines under plain names; skills are ESCO addresses."""
    return {
        "kind": mission.kind,
        "state": mission.state,
        "remote": mission.remote,
        "territory": mission.territory.code if mission.territory else None,
        "starts": mission.starts.isoformat() if mission.starts else None,
        "ends": mission.ends.isoformat() if mission.ends else None,
        "hours": mission.hours,
        "people": mission.people,
        "skills": [skill.uri for skill in mission.skills.all()],
    }
