"""Campaigns for machines: cursor pages with ``results``; counters, never a person."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers, viewsets

from core.api.cursors import CursorPages
from core.conf import absolute
from plugins.crowdfunding.models import Campaign

SLUG = re.compile(r"[0-9A-Za-z_-]{1,40}")


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """What anyone may know of a campaign; amounts are minor units of ``currency``."""

    url = serializers.SerializerMethodField()
    project = serializers.CharField(source="project.uid", read_only=True)
    collector = serializers.CharField(source="collector.slug", read_only=True)
    receiver = serializers.CharField(source="receiver.slug", read_only=True)
    received_minor = serializers.IntegerField(source="tally.received_minor", read_only=True)
    promised_minor = serializers.IntegerField(source="tally.promised_minor", read_only=True)
    backers = serializers.IntegerField(source="tally.backers", read_only=True)
    matched_minor = serializers.IntegerField(source="tally.matched_minor", read_only=True)
    monthly_minor = serializers.IntegerField(source="tally.monthly_minor", read_only=True)
    supporters = serializers.IntegerField(source="tally.supporters", read_only=True)

    class Meta:
        model = Campaign
        fields = [
            "uid", "slug", "url", "project", "kind", "state", "language", "texts", "currency", "goal_minor",
            "minimum_minor", "received_minor", "promised_minor", "backers", "matched_minor", "monthly_minor", "supporters", "opens_on", "closes_on", "collector",
            "receiver", "opened_at", "updated_at",
        ]  # fmt: skip

    def get_url(self, campaign: Campaign) -> str:
        return absolute(campaign.get_absolute_url())


class CampaignPages(CursorPages):
    """Newest first, by keyset."""

    ordering = "-id"
    page_size = 20


class CampaignViewSet(viewsets.ReadOnlyModelViewSet[Campaign]):
    """Public campaigns; ``?project=<uid>`` and ``?state=open`` narrow them."""

    serializer_class = CampaignSerializer
    pagination_class = CampaignPages
    lookup_field = "uid"
    lookup_value_regex = "[0-9A-Za-z]+"

    def get_queryset(self) -> Any:
        rows = Campaign.objects.public().shown()
        for name, column in (("project", "project__uid"), ("state", "state")):
            value = self.request.query_params.get(name, "")
            if value:
                rows = rows.filter(**{column: value}) if SLUG.fullmatch(value) else rows.none()
        return rows


routes = [("campaigns", CampaignViewSet)]
