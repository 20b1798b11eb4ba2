"""The list of discussions: all subjects together, newest talk first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.models import Person, Theme
from plugins.forum.domain import marks, reading


def index(request: HttpRequest) -> HttpResponse:
    """Threads on everything, filtered by kind, theme, words and what is unread."""
    person = request.user if isinstance(request.user, Person) else None
    themes = list(Theme.objects.all())
    asked = request.GET
    kinds = [
        (kind, str(label) if label is not None else _("open discussions")) for kind, label in reading.kinds()
    ]
    filters = reading.Filters(
        kind=asked.get("kind", "") if asked.get("kind") in dict(kinds) else "",
        theme=next((theme for theme in themes if theme.slug == asked.get("theme")), None),
        words=asked.get("q", "").strip()[:80].replace("\x00", ""),
        unread_of=person if asked.get("unread") else None,
    )
    threads, following = reading.page(reading.threads(filters), reading.Cursor.read(asked.get("before", "")))
    unread = marks.unread(person, threads) if person is not None else {}
    context: dict[str, Any] = {
        "rows": [(thread, unread.get(thread.pk, 0)) for thread in threads],
        "kinds": kinds,
        "themes": themes,
        "filters": filters,
        "filtered": bool(filters.kind or filters.theme or filters.words or filters.unread_of),
        "next_url": next_page(asked, following),
        "first_page": not asked.get("before"),
    }
    return render(request, "forum/index.html", context)


def next_page(asked: Any, following: reading.Cursor | None) -> str:
    """The address of the next page with the same filters, or nothing at the end."""
    if following is None:
        return ""
    kept = {name: asked[name] for name in ("kind", "theme", "q", "unread") if asked.get(name)}
    return "?" + urlencode({**kept, "before": str(following)})
