"""What discussions bring to dashboards and reports."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.contract import Figure
from core.models import Project
from plugins.forum.models import Post


def visible(project: Project | None) -> QuerySet[Post]:
    """Messages anyone may read, of a project and what belongs to it, or of the whole instance."""
    rows = Post.objects.filter(state=Post.State.VISIBLE, thread__hidden=False)
    return rows if project is None else rows.filter(thread__project=project)


def posts(project: Project | None) -> int:
    return visible(project).count()


def participants(project: Project | None) -> int:
    """Different people who wrote, here or from other instances."""
    rows = visible(project)
    local = rows.filter(author__isnull=False).values("author").distinct().count()
    return local + rows.exclude(author_uri="").values("author_uri").distinct().count()


figures = [
    Figure("forum.posts", _("messages in discussions"), posts),
    Figure("forum.participants", _("people who took part in discussions"), participants),
]
