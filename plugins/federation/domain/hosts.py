"""Which remote hosts may speak to us."""

from __future__ import annotations


def block(name: str, *, reason: str = "") -> None:
    """Refuse a host and its subdomains from now on, and drop what waits for it."""
    raise NotImplementedError


def admit(name: str) -> None:
    """Put a host on the allow-list."""
    raise NotImplementedError


def is_blocked(url: str) -> bool:
    """Whether the address's host or a parent domain is blocked."""
    raise NotImplementedError
