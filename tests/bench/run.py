"""Runs the bench: its own servers on loopback, a thousand projects, a table, and ``results.json``."""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.bench import money
from tests.bench.cpu import Visitor, per_request
from tests.bench.federated import poster
from tests.federation.hostile import Peer
from tests.processes import Instance, wait_until

RESULTS = Path(__file__).with_name("results.json")
GOALS = {
    "page.project.cpu_ms": 8.0,
    "page.project.queries": 12,
    "page.project.gzip_bytes": 14_336,
    "page.list.cpu_ms": 10.0,
    "page.list.queries": 12,
    "page.cached.ratio_to_empty": 2.0,
    "inbox.gate.cpu_ms": 3.0,
    "delivery.cpu_ms": 1.5,
    **money.GOALS,
}


@dataclass(frozen=True)
class Figure:
    """One line of ``results.json``."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    note: str = ""


class Bench:
    """Collects figures in the order they are measured."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []

    def add(self, name: str, value: float, unit: str, note: str = "") -> None:
        figure = Figure(name, round(value, 3), unit, GOALS.get(name), note)
        self.figures.append(figure)
        goal = "" if figure.goal is None else f"≤ {figure.goal:g}"
        print(f"{figure.name:<32} {figure.value:>12g} {figure.unit:<6} {goal:<10} {figure.note}", flush=True)

    def write(self) -> None:
        RESULTS.write_text(
            json.dumps([asdict(figure) for figure in self.figures], indent=1, ensure_ascii=False) + "\n"
        )


def instance(folder: Path, **environment: str) -> Instance:
    """The bench's instance; two servers may stand on the same data."""
    return Instance(folder, settings="tests.bench.settings", environment=environment)


def pages(found: dict[str, str]) -> dict[str, str]:
    """Name → address."""
    return {
        "home": "/fr/",
        "list": "/fr/projects/",
        "project": found["project"],
        "forum.list": "/fr/forum/",
        "forum.topic": found["topic"],
    }


def named(page: str) -> str:
    """``page.home``, but ``forum.list``."""
    return page if "." in page else f"page.{page}"


def uncached(bench: Bench, folder: Path, found: dict[str, str]) -> None:
    """Every page made anew: CPU, queries, bytes; a promise; a signed post."""
    addresses = pages(found)
    with instance(folder, BENCH_PAGE_CACHE="0") as site:
        counted = json.loads(site.run("-m", "tests.bench.inside", *addresses.values()).splitlines()[-1])
        server = site.serve()
        visitor = Visitor(site.port)
        bench.add(
            "page.empty.cpu_ms", per_request(server.pid, visitor.asker("/bench/empty/"), number=300), "ms"
        )
        for name, path in addresses.items():
            note = f"panels: {found['panels']}" if name == "project" else path
            cpu = per_request(server.pid, visitor.asker(path), number=60)
            bench.add(f"{named(name)}.cpu_ms", cpu, "ms", note)
            for what, value in counted[path].items():
                bench.add(f"{named(name)}.{what}", value, "" if what == "queries" else "B")
        cpu = per_request(server.pid, giver(Visitor(site.port), found["give"]), number=30)
        bench.add("pledge.offline.cpu_ms", cpu, "ms", "the POST, with its rows and mail row")
        peer = Peer()
        try:
            post = poster(Visitor(site.port), f"127.0.0.1:{site.port}", peer)
            bench.add(
                "inbox.gate.cpu_ms",
                per_request(server.pid, post, number=100),
                "ms",
                "known sender, until 202",
            )
        finally:
            peer.close()


def giver(visitor: Visitor, path: str):
    """A function that promises 50 € once more, as a guest."""
    page = visitor.get(path)
    cookie = page.headers["Set-Cookie"].split(";")[0]
    text = visitor.send(
        "GET", path, None, {"Cookie": cookie, "Accept-Encoding": "identity"}
    ).read_body.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    if token is None:
        raise RuntimeError(f"{path} has no form to send")
    number = iter(range(10**9))

    def give() -> None:
        n = next(number)
        fields = {
            "csrfmiddlewaretoken": token[1],
            "other": "50",
            "email": f"donor{n}@tiwizi.example",
            "form_key": f"{n:030}",
        }
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        answer = visitor.send("POST", path, urlencode(fields).encode(), headers)
        if answer.status != 302:
            raise RuntimeError(f"{path} answered {answer.status}")

    return give


def cached(bench: Bench, folder: Path, found: dict[str, str]) -> None:
    """The same pages kept for anonymous readers, beside a view that does nothing, on one server."""
    with instance(folder, BENCH_PAGE_CACHE="600") as site:
        server = site.serve()
        visitor = Visitor(site.port)
        empty = per_request(server.pid, visitor.asker("/bench/empty/"), number=400)
        worst = 0.0
        for name, path in pages(found).items():
            cpu = per_request(server.pid, visitor.asker(path), number=300)
            worst = max(worst, cpu / empty)
            bench.add(f"page.cached.{name}.cpu_ms", cpu, "ms", f"empty view: {empty:.3f} ms")
        bench.add("page.cached.ratio_to_empty", worst, "×", "the worst of them")


def deliveries(bench: Bench, folder: Path) -> None:
    """Posting to a server on loopback that takes everything."""
    with instance(folder) as site:
        sink = site.start("sink", "-m", "tests.bench.sink")
        log = folder / "sink.log"
        wait_until(lambda: log.read_text().startswith("http"), what="the sink")
        rounds = json.loads(
            site.run("-m", "tests.bench.federated", f"{log.read_text().strip()}/inbox").splitlines()[-1]
        )
        assert sink.poll() is None
        bench.add("delivery.cpu_ms", statistics.median(rounds), "ms", "signed, posted, row settled")


def main() -> int:
    """Seed, measure, print, write."""
    began, bench = time.monotonic(), Bench()
    with tempfile.TemporaryDirectory(prefix="tiwizi-bench-") as name:
        folder = Path(name)
        print("Preparing an instance with 1,000 projects …", flush=True)
        with instance(folder) as site:
            found = json.loads(site.run("-m", "tests.bench.seed").splitlines()[-1])
            site.manage("collectstatic", "--noinput", "-v", "0")
        uncached(bench, folder, found)
        cached(bench, folder, found)
        deliveries(bench, folder)
        money.run(bench, folder)
    bench.write()
    over = [figure.name for figure in bench.figures if figure.goal is not None and figure.value > figure.goal]
    print(
        f"{time.monotonic() - began:.0f} s. Beyond the goal: {', '.join(over) or 'none'}. {RESULTS.name} written."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
