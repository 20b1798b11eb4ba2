"""Linked instances for machines."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers, viewsets
from rest_framework.pagination import CursorPagination

from plugins.federation.models import PeerLink


class PeerSerializer(serializers.ModelSerializer[PeerLink]):
    """What anyone may know of a link: who, which way, since when."""

    actor = serializers.CharField(source="actor.uri", read_only=True)
    url = serializers.URLField(source="actor.url", read_only=True)
    since = serializers.DateTimeField(source="decided_at", read_only=True)

    class Meta:
        model = PeerLink
        fields = ["uid", "direction", "name", "host", "actor", "url", "since"]


class PeerPages(CursorPagination):
    """Newest first, by keyset."""

    ordering = ("-id",)
    page_size = 20


class PeerViewSet(viewsets.ReadOnlyModelViewSet[PeerLink]):
    """Instances linked with this one."""

    serializer_class = PeerSerializer
    pagination_class = PeerPages
    lookup_field = "uid"

    def get_queryset(self) -> Any:
        return PeerLink.objects.accepted().filter(is_instance=True).with_actor()


routes = [("peers", PeerViewSet)]
