"""Documents of our actors and their collections; a browser is sent to the page instead."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from plugins.federation.domain import actors, documents, outbox
from plugins.federation.domain.actors import LocalActor
from plugins.federation.domain.outbox import Page
from plugins.federation.views.negotiation import answer, missing, redirect, wants_activity


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """``/``: the instance's actor for another server, the home page in the reader's language for a browser."""
    if wants_activity(request):
        return answer(documents.of_actor(actors.instance_actor()))
    response = redirect(f"/{translation.get_language()}/")
    response["Vary"] = "Accept, Accept-Language, Cookie"
    return response


@require_safe
def actor(request: HttpRequest, kind: str = actors.INSTANCE, uid: str = "") -> HttpResponse:
    """One of our actors."""
    found = actors.resolve(kind, uid)
    if found is None:
        return missing(request)
    if wants_activity(request, by_default=True):
        return answer(documents.of_actor(found))
    return redirect(found.page)


def collection(
    request: HttpRequest,
    found: LocalActor | None,
    name: str,
    total: Callable[[], int],
    page: Callable[[int | None], Page],
) -> HttpResponse:
    """A collection of an actor, or with ``?page=1`` or ``?before=<id>`` one page of it."""
    if found is None:
        return missing(request)
    uri = f"{found.uri}/{name}"
    before = request.GET.get("before", "")
    if "page" not in request.GET and not before:
        return answer(documents.of_collection(uri, total()))
    if before and not (before.isascii() and before.isdecimal() and len(before) < 19):
        return answer({"error": "“before” is the number that a page gives."}, status=400)
    shown = page(int(before) if before else None)
    query = f"before={before}" if before else "page=1"
    following = f"before={shown.before}" if shown.before else None
    return answer(documents.of_page(uri, shown.items, query=query, following=following))


@require_safe
def outbox_of(request: HttpRequest, kind: str = actors.INSTANCE, uid: str = "") -> HttpResponse:
    """What an actor published."""
    found = actors.resolve(kind, uid)
    if found is None:
        return missing(request)
    return collection(
        request,
        found,
        "outbox",
        lambda: outbox.shared_by(found).count(),
        lambda before: outbox.outbox(found, before),
    )


@require_safe
def followers_of(request: HttpRequest, kind: str = actors.INSTANCE, uid: str = "") -> HttpResponse:
    """Who follows an actor: all are counted, instances are named."""
    found = actors.resolve(kind, uid)
    if found is None:
        return missing(request)
    return collection(
        request,
        found,
        "followers",
        lambda: outbox.followers_of(found).count(),
        lambda before: outbox.followers(found, before),
    )


@require_safe
def following_of(request: HttpRequest) -> HttpResponse:
    """The instances that ours follows."""
    from plugins.federation.models import PeerLink

    return collection(
        request,
        actors.instance_actor(),
        "following",
        lambda: PeerLink.objects.outgoing().accepted().count(),
        outbox.following,
    )
