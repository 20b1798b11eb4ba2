"""Projects for machines: cursor pages with ``results``."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, viewsets

from core.api.cursors import CursorPages
from core.models import Project


class ProjectSerializer(serializers.ModelSerializer):
    """What anyone may know of a project."""

    url = serializers.URLField(source="get_absolute_url", read_only=True)
    territory = serializers.CharField(source="territory.code", default=None, read_only=True)
    owner = serializers.CharField(source="owner.slug", default=None, read_only=True)
    themes = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)

    class Meta:
        model = Project
        fields = [
            "uid", "slug", "url", "stage", "territory", "themes", "owner", "language", "texts", "origin_url",
            "origin_name", "published_at", "updated_at",
        ]  # fmt: skip


class ProjectPages(CursorPages):
    """Newest first, by keyset."""

    ordering = ("-published_at", "-id")
    page_size = 20


class ProjectViewSet(viewsets.ReadOnlyModelViewSet[Project]):
    """Published projects, local and received."""

    serializer_class = ProjectSerializer
    pagination_class = ProjectPages
    lookup_field = "uid"

    def get_queryset(self) -> Any:
        return Project.objects.public().select_related("territory", "owner").prefetch_related("themes")
