"""Which addresses the published schema describes: ours, not those of Wagtail's own screens."""

from __future__ import annotations

from typing import Any


def ours(endpoints: list[tuple[str, str, str, Any]], **kwargs: Any) -> list[tuple[str, str, str, Any]]:
    """Endpoints below ``/api/v1/``; each is (path, regular expression, method, view)."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]
