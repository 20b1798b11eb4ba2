"""The reader's language; and the charter, which is asked before acting, never before reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language_from_path

from core.domain import charter
from core.views.charter import ask

FREE = {
    "charter",
    "unsubscribe",
    "code",
    "code_resend",
    "account",
    "account_export",
    "account_erase",
    "notices_read",
}
"""Acts for which no charter is asked: accepting it, and leaving."""


class LanguageMiddleware(LocaleMiddleware):
    """The reader's language; an address without a language leads to the same one with it, if nobody answers there.

    A view that answers 404 (the API, an ActivityPub object) means it: Wagtail's pages would otherwise take any path.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and request.resolver_match is not None:
            response.headers.setdefault(
                "Content-Language", getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
            )
            return response
        return super().process_response(request, response)


class CharterMiddleware:
    """Leads a signed-in person who has not accepted the charter in force there, when they send something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Costs nothing to readers: only what is sent (POST) under a language is looked at."""
        if request.method in {"GET", "HEAD", "OPTIONS"} or get_language_from_path(request.path_info) is None:
            return None
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME) or not request.user.is_authenticated:
            return None
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        if name in FREE or name.startswith(("account_", "mfa_")) or charter.has_accepted(request.user):
            return None
        return ask(request)
