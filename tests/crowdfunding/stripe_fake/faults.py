"""Faults on demand: what goes wrong with the next requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass

MOMENTS = ("before", "after", "drop", "rate", "slow")


@dataclass
class Fault:
    """``before``: 500, nothing done. ``after``: done, and 500, kept under the key as the real one does.
    ``drop``: done, the connection breaks. ``rate``: 429. ``slow``: takes ``seconds``, holding its key."""

    moment: str
    path: str = "/v1/"
    times: int = 1
    seconds: float = 0.0


class Faults:
    """The faults still to come, first in first out."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.coming: list[Fault] = []

    def add(self, moment: str, path: str = "/v1/", times: int = 1, seconds: float = 0.0) -> None:
        """Makes the next requests of a path go wrong."""
        if moment not in MOMENTS:
            raise ValueError(moment)
        with self.lock:
            self.coming.append(Fault(moment, path, times, seconds))

    def take(self, path: str) -> Fault | None:
        """The fault of this request, used up."""
        with self.lock:
            for fault in self.coming:
                if path.startswith(fault.path):
                    fault.times -= 1
                    if not fault.times:
                        self.coming.remove(fault)
                    return fault
        return None
