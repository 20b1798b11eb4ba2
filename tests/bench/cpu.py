"""CPU of a server's own processes over many sequential requests."""

from __future__ import annotations

import http.client
import statistics
from collections.abc import Callable
from pathlib import Path

ROUNDS = 5


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += family(int(child))
    return found


def spent(pid: int) -> float:
    """Milliseconds of user and system time that a process and its children have used so far."""
    total = 0
    for member in family(pid):
        for task in Path(f"/proc/{member}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except FileNotFoundError:
                continue  # a thread that ended between two looks
    return total / 1e6


def per_request(pid: int, ask: Callable[[], None], *, number: int, warm: int = 20) -> float:
    """Milliseconds of CPU for one request: median of five rounds of ``number`` requests after a warm-up."""
    for _ in range(warm):
        ask()
    rounds = []
    for _ in range(ROUNDS):
        before = spent(pid)
        for _ in range(number):
            ask()
        rounds.append((spent(pid) - before) / number)
    return statistics.median(rounds)


class Visitor:
    """One reader on one kept connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        return self.send("GET", path, None, headers)

    def send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Ask and read the whole answer; ``body`` of the response is kept as ``.read_body``."""
        self.connection.request(method, path, body=body, headers={"Accept-Encoding": "gzip", **headers})
        response = self.connection.getresponse()
        response.read_body = response.read()  # type: ignore[attr-defined]
        return response

    def asker(self, path: str) -> Callable[[], None]:
        """A request of ``path`` that must answer 200."""

        def ask() -> None:
            response = self.get(path)
            if response.status != 200:
                raise RuntimeError(f"{path} answered {response.status}")

        return ask
