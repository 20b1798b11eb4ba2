"""Sending activities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def deliver(activity: dict[str, Any], *, sender_uri: str, inboxes: Iterable[str]) -> None:
    """Store the activity once and one delivery per inbox, inside the caller's transaction."""
    raise NotImplementedError
