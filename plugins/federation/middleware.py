"""Between other servers and the pages: machine addresses on a short way, pages that lead to their ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from core.models import HomePage, Organisation
from core.registry import registry
from plugins.federation.domain import actors, documents, outbound
from plugins.federation.views.negotiation import missing, redirect, varied, wants_activity

LANGUAGE = re.compile(rf"/({'|'.join(re.escape(code) for code, _name in settings.LANGUAGES)})(/.*)")


MACHINES = ("/ap/", "/.well-known/", "/nodeinfo/", "/ns")


class PagesAndIds:
    """303 from a page to its id for ActivityPub clients; ``Vary: Accept`` on every page.

    What only machines ask for needs no session, sign-in or token, and must not be sent to a language when it is
    missing: its views are called from here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = LANGUAGE.fullmatch(request.path_info)
        if match is None:
            short = self.for_machines(request)
            return short if short is not None else self.get_response(request)
        if request.method in ("GET", "HEAD") and wants_activity(request):
            with translation.override(match[1]):
                uri = id_of_page(request, match[1], match[2])
            if uri is not None:
                return redirect(uri, status=303)
        return varied(self.get_response(request))

    def for_machines(self, request: HttpRequest) -> HttpResponse | None:
        """The answer of one of our machine views, in the asker's language; None for the addresses of others."""
        if request.path_info != "/" and not request.path_info.startswith(MACHINES):
            return None
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return missing(request) if request.path_info.startswith("/ap/") else None
        if match.namespace != "federation_machine":
            return None
        request.resolver_match = match
        with translation.override(translation.get_language_from_request(request)):
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return response


def id_of_page(request: HttpRequest, language: str, rest: str) -> str | None:
    """The id of what a page shows, or None when it shows nothing that is shared."""
    if rest == "/":
        return actors.instance_uri()
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    found = (
        page_at(request, language, rest)
        if match.url_name == "wagtail_serve"
        else subject_at(match, request.path_info)
    )
    if isinstance(found, Organisation):
        return actors.uri_of(found) if found.is_public else None
    mapping = outbound.mapping_of(getattr(found, "subject_type", ""))
    if found is None or mapping is None or not found.is_public:
        return None
    return documents.uris([found.ref])[found.ref]


def subject_at(match: ResolverMatch, path: str) -> Any:
    """The subject whose own address this is, whichever plug-in it belongs to."""
    label = match.namespace or "core"
    for subject in registry.subjects():
        names = {column.name for column in subject.model._meta.concrete_fields}
        if subject.type.partition(".")[0] != label or not match.kwargs or not set(match.kwargs) <= names:
            continue
        found: Any = subject.model._default_manager.filter(**match.kwargs).first()
        if found is not None and found.get_absolute_url() == path:
            return found
    return None


def page_at(request: HttpRequest, language: str, rest: str) -> Any:
    """The page of the tree at a path."""
    home = HomePage.objects.filter(locale__language_code=language, live=True).first()
    try:
        result = home.route(request, [part for part in rest.split("/") if part]) if home is not None else None
    except Http404:
        return None
    return result.page.specific if result is not None else None
