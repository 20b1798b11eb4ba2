"""The gate: every posted activity passes it, cheap checks first, nothing written before the last step."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def receive(request: HttpRequest) -> HttpResponse:
    """Refuse or store a posted activity."""
    raise NotImplementedError
