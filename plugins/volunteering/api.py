"""Missions for machines: cursor pages with ``results``; applications are never among them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, viewsets
from rest_framework.pagination import CursorPagination

from core.conf import absolute
from plugins.volunteering.models import Mission


class MissionSerializer(serializers.ModelSerializer[Mission]):
    """What anyone may know of a mission."""

    url = serializers.SerializerMethodField()
    project = serializers.CharField(source="project.uid", read_only=True)
    host = serializers.CharField(source="host.slug", read_only=True)
    territory = serializers.CharField(source="territory.code", default=None, read_only=True)
    skills = serializers.SerializerMethodField()

    class Meta:
        model = Mission
        fields = [
            "uid", "slug", "url", "project", "host", "kind", "state", "language", "texts", "remote", "territory",
            "starts", "ends", "hours", "people", "skills", "published_at", "updated_at",
        ]  # fmt: skip

    def get_url(self, mission: Mission) -> str:
        return absolute(mission.get_absolute_url())

    def get_skills(self, mission: Mission) -> list[str]:
        return [skill.uri for skill in mission.skills.all()]


class MissionPages(CursorPagination):
    """Newest first, by keyset."""

    ordering = ("-published_at", "-id")
    page_size = 20


class MissionViewSet(viewsets.ReadOnlyModelViewSet[Mission]):
    """Published missions."""

    serializer_class = MissionSerializer
    pagination_class = MissionPages
    lookup_field = "uid"

    def get_queryset(self) -> Any:
        rows = Mission.objects.public().select_related("host", "project", "territory")
        return rows.prefetch_related("skills")


routes = [("missions", MissionViewSet)]
