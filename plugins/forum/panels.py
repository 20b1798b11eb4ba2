"""The discussion on every subject's page, and the latest ones on the home page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.contract import Panel
from core.prepared import prepared
from plugins.forum.domain import reading
from plugins.forum.models import Post, Thread

SHOWN = 4


def latest_on(subject: Any, request: HttpRequest | None) -> list[Post]:
    """The last messages on a subject, read once for all panels of the page: one query."""
    kept: dict[Any, list[Post]] = (
        request.__dict__.setdefault("_forum_latest", {}) if request is not None else {}
    )
    if subject.ref not in kept:
        posts = reading.latest(subject.ref)
        for post in posts:
            post.thread.__dict__["about"] = subject
        kept[subject.ref] = posts
    return kept[subject.ref]


class TalkPanel(Panel):
    """The last messages, how many there are, and the way to answer. Anonymous pages stay cacheable: links only."""

    subject: ClassVar[str] = "*"
    slot: ClassVar[str] = "main"
    order: ClassVar[int] = 80
    template_name = "forum/talk.html"

    def shows(self, subject: Any, request: HttpRequest) -> bool:
        return bool(subject.is_public)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        subject = parent_context["subject"]
        posts = latest_on(subject, parent_context["request"])
        thread: Thread | None = posts[0].thread if posts else None
        return {"posts": posts, "thread": thread, "reply_url": reverse("forum:reply", args=subject.ref)}


class TalkAction(Panel):
    """The door to the discussion among what one can do, with the number of messages."""

    subject: ClassVar[str] = "*"
    slot: ClassVar[str] = "actions"
    order: ClassVar[int] = 40
    template_name = "forum/talk_action.html"

    def shows(self, subject: Any, request: HttpRequest) -> bool:
        return bool(subject.is_public)

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        subject = parent_context["subject"]
        posts = latest_on(subject, parent_context["request"])
        count = posts[0].thread.reply_count if posts else 0
        url = "#talk" if count else reverse("forum:reply", args=subject.ref)
        return {"talk_url": url, "count": count}


class LatestPanel(Panel):
    """The latest discussions on the home page."""

    subject: ClassVar[str] = ""
    slot: ClassVar[str] = "home"
    order: ClassVar[int] = 60
    template_name = "forum/latest.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        # A few more are read, because those on subjects that were withdrawn fall out.
        return {"threads": reading.readable(newest())[:SHOWN]}


@prepared
def newest() -> QuerySet[Thread]:
    """The threads in which somebody spoke last."""
    return reading.page_query(Thread.objects.listed(), None)[: 2 * SHOWN]


panels = [TalkPanel(), TalkAction(), LatestPanel()]
