"""Projects between instances: what leaves of ours, and the rows without pages of those received."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from core.conf import absolute
from core.contract import PublicObject, RemoteObject, SubjectRef, Text
from core.domain.projects import free_slug, washed
from core.journal import record
from core.models import Project, Territory, Theme
from core.text import plain
from core.verbs import RECEIVED, WITHDRAWN

LONGEST_STORY = 60_000
"""Characters of HTML kept of a story from elsewhere; a longer one is left at its origin."""
DOORS = {"give": "campaigns", "help": "missions", "talk": "talk"}
"""What a reader can do at the origin, and the part of the project's page there that leads to it."""
WITHDRAWN_THERE = "withdrawn"


def public() -> QuerySet[Project]:
    """Our own projects that anyone may read."""
    rows = Project.objects.public().local().select_related("owner", "territory").prefetch_related("themes")
    return rows.order_by("-id")


def describe(project: Project) -> PublicObject | None:
    """A project as other instances may see it; None for one that is not public or not ours."""
    if project.is_remote or not project.is_public or not project.texts:
        return None
    pages = addresses(project)
    language = project.language if project.language in pages else next(iter(pages))
    extra: dict[str, Any] = {
        "stage": project.stage,
        "themes": [theme.slug for theme in project.themes.all()],
        "links": {
            "read": pages,
            **{door: {code: f"{url}#{part}" for code, url in pages.items()} for door, part in DOORS.items()},
        },
    }
    if project.territory is not None:
        extra["territory"] = project.territory.code
        extra["place"] = {code: name for code, name in project.territory.names.items() if name}
    return PublicObject(
        subject=project.ref,
        url=pages[language],
        texts={
            code: Text(text.get("title", ""), text.get("summary", ""), text.get("story", ""))
            for code, text in project.texts.items()
        },
        language=language,
        published=project.published_at or project.created_at,
        updated=project.updated_at,
        author=project.owner,
        extra=extra,
    )


def addresses(project: Project) -> dict[str, str]:
    """Where the project is read, in each language it has."""
    found = {}
    for code in project.texts:
        with translation.override(code):
            found[code] = absolute(project.get_absolute_url())
    return found


def accepts(remote: RemoteObject) -> bool:
    """An article with a stage and a title is a project."""
    return (
        remote.type == "Article"
        and "stage" in remote.extra
        and any(text.title for text in remote.texts.values())
    )


@transaction.atomic
def receive(remote: RemoteObject) -> SubjectRef | None:
    """Store or update the row of a project of another instance; the same uri twice is one row."""
    texts = _texts(remote)
    if not texts:
        return None
    project = Project.objects.select_for_update().filter(origin_uri=remote.uri).first()
    made = project is None
    if project is None:
        title = (texts.get(remote.language) or next(iter(texts.values())))["title"]
        project = Project(origin_uri=remote.uri, slug=free_slug(title), status=Project.Status.PUBLISHED)
    elif project.origin_facts.get(WITHDRAWN_THERE):
        # Sent again after it was taken back. One that was only hidden here stays hidden.
        project.status = Project.Status.PUBLISHED
    _fill(project, remote, texts)
    project.save()
    project.themes.set(Theme.objects.filter(slug__in=_words(remote.extra.get("themes"))))
    if made:
        record(None, RECEIVED, project, origin=remote.origin_name or remote.origin)
    return project.ref


@transaction.atomic
def remove(ref: SubjectRef, author_uri: str) -> None:
    """Take a received project off the list, as its origin did; what people said here stays."""
    project = Project.objects.select_for_update().filter(uid=ref.key).exclude(origin_uri="").first()
    if project is None or project.origin_facts.get(WITHDRAWN_THERE):
        return
    if project.is_public:
        record(None, WITHDRAWN, project)
        project.status = Project.Status.WITHDRAWN
    project.origin_facts = {**project.origin_facts, WITHDRAWN_THERE: True}
    project.save(update_fields=["status", "origin_facts", "updated_at"])


def _fill(project: Project, remote: RemoteObject, texts: dict[str, dict[str, str]]) -> None:
    """Write what the origin says into the row."""
    extra = remote.extra
    project.texts = texts
    project.language = remote.language if remote.language in texts else next(iter(texts))
    project.origin_url = remote.url[:500]
    project.origin_name = remote.origin_name[:160]
    project.published_at = min(remote.published, timezone.now() + timedelta(minutes=1))
    stage = extra.get("stage")
    project.stage = Project.Stage(stage) if stage in Project.Stage.values else Project.Stage.IDEA
    code = extra.get("territory")
    project.territory = Territory.objects.filter(code=code).first() if isinstance(code, str) else None
    links = extra.get("links")
    project.origin_facts = {
        "owner": remote.author_name[:160],
        "place": _by_language(extra.get("place"), 120),
        "links": {
            name: _addresses(urls, remote.origin)
            for name, urls in (links.items() if isinstance(links, dict) else ())
            if name in ("read", *DOORS)
        },
    }


def _texts(remote: RemoteObject) -> dict[str, dict[str, str]]:
    """Titles, summaries and stories by language, washed and within bounds."""
    found = {
        code: {
            "title": text.title,
            "summary": text.summary or plain(text.content)[:200],
            "story": text.content if len(text.content) <= LONGEST_STORY else "",
        }
        for code, text in remote.texts.items()
        if len(code) <= 5
    }
    return washed(found)


def _words(value: Any) -> list[str]:
    """The strings of a list of at most twenty."""
    return [word for word in value[:20] if isinstance(word, str)] if isinstance(value, list) else []


def _by_language(value: Any, length: int) -> dict[str, str]:
    """A ``{language: plain text}`` of at most ten languages; anything else is empty."""
    if not isinstance(value, dict):
        return {}
    return {
        str(code): plain(text)[:length]
        for code, text in list(value.items())[:10]
        if isinstance(text, str) and text
    }


def _addresses(value: Any, origin: str) -> dict[str, str]:
    """Addresses by language, only those at the origin itself."""
    if not isinstance(value, dict):
        return {}
    return {
        str(code): url
        for code, url in list(value.items())[:10]
        if isinstance(url, str) and url.startswith(f"{origin}/") and len(url) <= 500
    }
