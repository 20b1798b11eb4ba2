"""Pages for anonymous readers are kept ready to send, compressed too, until something public changes.

Each web process keeps pages in its own memory, named by a *generation* that all processes share through the cache:
renewing it makes every kept page of every process unreachable at once. The worker renews it like the web does.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from core.journal import recorded
from core.registry import registry

GENERATION = "page-generation"
LARGEST_PAGE, LARGEST_MEMORY = 400_000, 48_000_000
PREFIXES = tuple(f"/{code}/" for code, _name in settings.LANGUAGES)
PRIVATE = ("account/", "cms/")
MACHINES = ("activity+json", "ld+json")
AGAIN = "no-cache"
"""Browsers keep the page but ask whether it changed; the answer is 304 without a body."""


class Kept(NamedTuple):
    """A page as it is sent: its headers, its body plain and compressed, and until when it may be (monotonic)."""

    headers: dict[str, str]
    plain: bytes
    zipped: bytes
    until: float


class Memory:
    """Pages of this process, the least used forgotten first when they take too much room."""

    def __init__(self, room: int = LARGEST_MEMORY) -> None:
        self._pages: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._room, self._used, self._generation = room, 0, ""

    def get(self, key: tuple[str, ...]) -> Kept | None:
        """The page of a key, while its time lasts."""
        kept = self._pages.get(key)
        return kept if kept is not None and kept.until > time.monotonic() else None

    def put(self, key: tuple[str, ...], kept: Kept) -> None:
        """Keep a page; those of an older generation, which nobody can reach any more, go first."""
        with self._lock:
            if key[0] != self._generation:
                self.clear(key[0])
            self._forget(key)
            self._pages[key] = kept
            self._used += len(kept.plain) + len(kept.zipped)
            while self._used > self._room:
                self._forget(next(iter(self._pages)))

    def _forget(self, key: tuple[str, ...]) -> None:
        kept = self._pages.pop(key, None)
        if kept is not None:
            self._used -= len(kept.plain) + len(kept.zipped)

    def clear(self, generation: str = "") -> None:
        """Forget everything."""
        self._pages.clear()
        self._used, self._generation = 0, generation


memory = Memory()


def generation() -> str:
    """The name of the present state of all that is public, the same for every process."""
    return cache.get(GENERATION) or renew()


def renew() -> str:
    """Make every kept page unreachable. A new name each time: two processes renewing at once cannot meet in one."""
    name = secrets.token_hex(8)
    cache.set(GENERATION, name, timeout=None)
    return name


def renew_on_commit(**_kwargs: Any) -> None:
    """Renew when the change is committed; several changes in one transaction renew once."""
    connection = transaction.get_connection()
    waiting = any(renew in entry for entry in connection.run_on_commit)
    if not waiting:
        transaction.on_commit(renew)


def on_saved(sender: type[Model], **_kwargs: Any) -> None:
    """A row or page that has a public address was written or removed, by whatever way."""
    if registry.subject(sender) is not None or issubclass(sender, Page):
        renew_on_commit()


def listen() -> None:
    """Renew on every journal entry, on every change of a subject, and when Wagtail publishes or withdraws a page."""
    for signal in (recorded, page_published, page_unpublished, post_page_move):
        signal.connect(renew_on_commit, dispatch_uid="core.page_cache")
    for signal in (post_save, post_delete):
        signal.connect(on_saved, dispatch_uid="core.page_cache")


class PageCache:
    """First in the list of middleware: answers anonymous readers before anything else is awake, compresses the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.zipper = GZipMiddleware(get_response)
        self.private = tuple(prefix + name for prefix in PREFIXES for name in PRIVATE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        accepted = meta.get("HTTP_ACCEPT_ENCODING", "")
        if not self.may_read(request):
            response = self.get_response(request)
            if self.changes(request) and response.status_code < 400:
                renew()
            return self.zipper.process_response(request, response)
        key = (
            generation(), meta.get("HTTP_HOST", ""), request.scheme or "", request.path, meta.get("QUERY_STRING", ""),
        )  # fmt: skip
        kept = memory.get(key)
        if kept is None:
            meta.pop("HTTP_ACCEPT_ENCODING", None)
            response = self.get_response(request)
            meta["HTTP_ACCEPT_ENCODING"] = accepted
            if not self.may_keep(request, response):
                return self.zipper.process_response(request, response)
            kept = keep(response)
            memory.put(key, kept)
        return answer(kept, request, "gzip" in accepted)

    def changes(self, request: HttpRequest) -> bool:
        """Whether a person sent a form: whoever reads next must see what it did."""
        return request.method == "POST" and request.path.startswith((*PREFIXES, "/cms/"))

    def may_read(self, request: HttpRequest) -> bool:
        """Whether the request is of an anonymous reader for a page that people read."""
        if not settings.PAGE_CACHE_SECONDS:
            return False
        if request.method not in ("GET", "HEAD") or not request.path.startswith(PREFIXES):
            return False
        cookies, accept = request.META.get("HTTP_COOKIE", ""), request.META.get("HTTP_ACCEPT", "")
        if cookies and (settings.SESSION_COOKIE_NAME in cookies or "messages=" in cookies):
            return False
        if accept and any(kind in accept for kind in MACHINES):
            return False
        return "HTTP_AUTHORIZATION" not in request.META and not request.path.startswith(self.private)

    def may_keep(self, request: HttpRequest, response: HttpResponse) -> bool:
        """Whether the answer is the same for every anonymous reader: no cookie, no token, no refusal to be kept."""
        if request.method != "GET" or response.status_code != 200 or response.streaming or response.cookies:
            return False
        if response.headers.get("Content-Encoding") or len(response.content) > LARGEST_PAGE:
            return False
        if "CSRF_COOKIE" in request.META or "no-store" in response.headers.get("Cache-Control", ""):
            return False
        return "private" not in response.headers.get("Cache-Control", "")


def keep(response: HttpResponse) -> Kept:
    """A finished answer, ready to be sent again."""
    patch_vary_headers(response, ["Accept", "Accept-Encoding", "Cookie"])
    body = response.content
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    headers.setdefault("Cache-Control", AGAIN)
    headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    zipped = gzip.compress(body, 6, mtime=0)
    return Kept(headers, body, zipped, time.monotonic() + settings.PAGE_CACHE_SECONDS)


def answer(kept: Kept, request: HttpRequest, zipped: bool) -> HttpResponse:
    """A kept page as an answer; 304 to who has it already."""
    if kept.headers["ETag"] in request.META.get("HTTP_IF_NONE_MATCH", ""):
        same = HttpResponseNotModified()
        for name in ("ETag", "Vary", "Cache-Control", "Content-Security-Policy"):
            if name in kept.headers:
                same.headers[name] = kept.headers[name]
        return same
    response = HttpResponse(kept.zipped if zipped else kept.plain, headers=kept.headers)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(kept.zipped if zipped else kept.plain))
    return response
