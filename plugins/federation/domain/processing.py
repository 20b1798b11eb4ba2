"""What a verified activity does here. Interface for the worker (owner of tasks.py: helper "transport"):

``prepare(activity)`` first, outside any transaction: it may fetch the sender's actor document;
then ``process(activity)`` inside one transaction. ``Ignored`` and ``Refused`` are final (finish the row, keep
the reason in ``last_error``); any other exception means: roll back and try again later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugins.federation.models import InboxActivity


class Ignored(Exception):
    """Nothing for us: final, no trace but the row of the activity."""


class Refused(Exception):
    """The sender may not do this: final."""


def prepare(activity: InboxActivity) -> None:
    """Fetch and store the sender's actor document when it is unknown or old; outside any transaction."""
    raise NotImplementedError


def process(activity: InboxActivity) -> None:
    """Apply a verified activity; call inside one transaction."""
    raise NotImplementedError
