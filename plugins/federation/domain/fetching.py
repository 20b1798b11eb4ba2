"""The one client that fetches from other hosts."""

from __future__ import annotations

from typing import Any


class FetchError(Exception):
    """Nothing was read; the message says why."""


class FetchRefused(FetchError):
    """We do not ask: the address, the host, the size or the kind of the answer is not allowed."""


class FetchFailed(FetchError):
    """The host did not answer as it should; later it may."""


class NotFound(FetchError):
    """The host says that there is nothing (404) or nothing any more (410)."""


def fetch_json(url: str, *, signed_as: str | None = None, accept: str = "activity") -> dict[str, Any]:
    """The JSON object at ``url``; ``accept`` is "activity", "jrd" or "json". Raises FetchError."""
    raise NotImplementedError


def fetch_object(url: str, *, signed_as: str | None = None) -> dict[str, Any]:
    """An ActivityPub object whose ``id`` is the address it was read at. Raises FetchError."""
    raise NotImplementedError
