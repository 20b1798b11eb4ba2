"""Threads and messages for machines, read-only: cursor pages with ``results``."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from core.api.cursors import CursorPages
from plugins.forum.domain import reading
from plugins.forum.models import Post, Thread


class ThreadSerializer(serializers.ModelSerializer[Thread]):
    """What anyone may know of a thread."""

    url = serializers.URLField(source="get_absolute_url", read_only=True)
    title = serializers.CharField(source="shown_title", read_only=True)
    theme = serializers.CharField(source="theme.slug", default=None, read_only=True)
    territory = serializers.CharField(source="territory.code", default=None, read_only=True)

    class Meta:
        model = Thread
        fields = [
            "uid", "url", "title", "about_type", "about_key", "theme", "territory", "language", "reply_count",
            "highest_number", "last_posted_at", "locked", "created_at",
        ]  # fmt: skip


class PostSerializer(serializers.ModelSerializer[Post]):
    """What anyone may know of a message: never an e-mail address."""

    url = serializers.URLField(source="get_absolute_url", read_only=True)
    thread = serializers.CharField(source="thread.uid", read_only=True)
    author = serializers.CharField(source="shown_author", read_only=True)
    answers = serializers.IntegerField(source="answered_number", read_only=True)

    class Meta:
        model = Post
        fields = [
            "uid", "url", "thread", "number", "author", "origin", "language", "html", "answers", "posted_at", "edited_at",
        ]  # fmt: skip


class ThreadPages(CursorPages):
    """Newest talk first, by keyset."""

    ordering = ("-last_posted_at", "-id")
    page_size = 20

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        return reading.readable(super().paginate_queryset(queryset, request, view) or [])


class PostPages(CursorPages):
    """In the order of the numbers, by keyset: the list is always that of one thread."""

    ordering = ("number",)
    page_size = 20


def asked(request: Request, name: str) -> str:
    """A filter of the address, without what no database takes."""
    return request.query_params.get(name, "").replace("\x00", "")[:120]


class ThreadViewSet(viewsets.ReadOnlyModelViewSet[Thread]):
    """Threads anyone may read; ``?about=<type>:<key>`` finds that of a subject."""

    serializer_class = ThreadSerializer
    pagination_class = ThreadPages
    lookup_field = "uid"
    lookup_value_regex = "[0-9A-Za-z]+"

    def get_queryset(self) -> Any:
        rows = Thread.objects.listed().select_related("theme", "territory")
        type_, _, key = asked(self.request, "about").partition(":")
        return rows.filter(about_type=type_, about_key=key) if type_ else rows

    def get_object(self) -> Thread:
        thread: Thread = super().get_object()
        if not thread.is_public:
            raise Http404
        return thread


class PostViewSet(viewsets.ReadOnlyModelViewSet[Post]):
    """Visible messages of one thread: ``?thread=<uid>``."""

    serializer_class = PostSerializer
    pagination_class = PostPages
    lookup_field = "uid"
    lookup_value_regex = "[0-9A-Za-z]+"

    def get_queryset(self) -> Any:
        if self.action == "list":
            thread = Thread.objects.filter(uid=asked(self.request, "thread")).first()
            return (
                reading.visible_in(thread) if thread is not None and thread.is_public else Post.objects.none()
            )
        return reading.visible_in(None)

    def get_object(self) -> Post:
        post: Post = super().get_object()
        if not post.is_public:
            raise Http404
        return post


routes = [("threads", ThreadViewSet), ("posts", PostViewSet)]
