"""Who asks: a browser or another server. One address serves both, so every answer varies on Accept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

CONTENT_TYPE = "application/activity+json"
SECONDS = 60
"""How long a document may be kept by those between us and another server."""


def weights(accept: str) -> dict[str, float]:
    """Media types of an Accept header with their weights; what cannot be read weighs nothing."""
    found: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = [piece.strip() for piece in part.split(";")]
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        found[name] = max(weight, found.get(name, 0.0))
    return found


def wants_activity(request: HttpRequest, *, by_default: bool = False) -> bool:
    """Whether the ActivityStreams document is asked for; ``by_default`` for those who name no preference."""
    accept = request.headers.get("Accept", "")
    if "json" not in accept and not by_default:
        return False
    found = weights(accept)
    document = max(found.get(CONTENT_TYPE, 0.0), found.get("application/ld+json", 0.0))
    if by_default:
        document = max(document, found.get("application/json", 0.0))
    page = max(found.get("text/html", 0.0), found.get("application/xhtml+xml", 0.0))
    if document == page == 0.0:
        return by_default
    return document >= page


def answer(document: dict[str, Any], *, status: int = 200, content_type: str = CONTENT_TYPE) -> JsonResponse:
    """A document for another server."""
    response = JsonResponse(
        document, status=status, content_type=content_type, json_dumps_params={"ensure_ascii": False}
    )
    patch_cache_control(response, public=True, max_age=SECONDS)
    response["Access-Control-Allow-Origin"] = "*"
    return varied(response)


def redirect(address: str, *, status: int = 302) -> HttpResponse:
    """Send a reader to the page, or another server to the id."""
    response = HttpResponse(status=status)
    response["Location"] = address
    return varied(response)


def missing(request: HttpRequest) -> HttpResponse:
    """404 for another server."""
    response = JsonResponse({"error": "Nothing stands at this address."}, status=404)
    return varied(response)


def varied(response: Any) -> Any:
    """Mark an answer as one that depends on who asks."""
    patch_vary_headers(response, ["Accept"])
    return response
