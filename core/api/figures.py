"""The instance's figures for machines: what funders ask for, as every plug-in computes it."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from moneyed import Money
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Project
from core.registry import registry


class FigureSerializer(serializers.Serializer):
    """One figure: ``value`` is a number, an amount ``{"minor", "currency"}`` or a list of amounts."""

    key = serializers.CharField()
    label = serializers.CharField()
    value = serializers.JSONField()


def plain(value: Any) -> Any:
    """A figure's value as JSON; amounts in minor units."""
    if isinstance(value, Money):
        return {"minor": value.get_amount_in_sub_unit(), "currency": value.currency.code}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


class FigureViewSet(viewsets.ViewSet):
    """Figures of the whole instance, or of one published project with ``?project=<uid>``."""

    serializer_class = FigureSerializer

    @extend_schema(
        parameters=[OpenApiParameter("project", str, description="uid of a published project")],
        responses=FigureSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        uid = request.query_params.get("project")
        project = get_object_or_404(Project.objects.public(), uid=uid) if uid else None
        figures = registry.figures()
        rows = [
            {"key": figure.key, "label": figure.label, "value": plain(figure.compute(project))}
            for figure in figures
        ]
        return Response(FigureSerializer(rows, many=True).data)
