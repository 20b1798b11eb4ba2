"""Against an independent, strict server (Fedify): it finds us, follows us, reads us, answers us. ``make test-peer``."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.live import LiveInstance, free_port, until
from tests.federation import peer

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not peer.is_ready(), reason="the second server is prepared by `make test-peer`"),
]


class Fedify:
    """The second server: one person, bob, who can follow, post and say what reached him."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.bob = f"{self.url}/users/bob"
        environment = os.environ | {
            "PATH": f"{peer.FOLDER / 'node_modules' / '.bin'}:{os.environ['PATH']}",
            "FEDIFY_TLS": "0",
            "FEDIFY_HOST": "localhost",
            "FEDIFY_BIND": "127.0.0.1",
            "FEDIFY_PORT": str(self.port),
            "FEDIFY_KEYS": str(folder / "keys.json"),
        }
        self.log_file = (folder / "fedify.log").open("wb")
        self.process = subprocess.Popen(
            ["node", "server.mjs"],
            cwd=peer.FOLDER,
            env=environment,
            stdout=self.log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(
            urllib.request.Request(self.url + path, data=data), timeout=30
        ) as response:
            return json.load(response)

    def answers(self) -> bool:
        try:
            return bool(self.ask("/_t/log") == [])
        except (urllib.error.URLError, OSError):
            return False

    def heard(self, kind: str, about: str = "") -> list[dict[str, Any]]:
        """Verified activities of a type that reached bob; fails when the server logged an error."""
        log = self.ask("/_t/log")
        assert [entry for entry in log if "error" in entry] == []
        return [entry for entry in log if entry.get("type") == kind and about in json.dumps(entry)]

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=15)
        self.log_file.close()


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[LiveInstance, Fedify]]:
    """One instance of ours and the other server, both running."""
    folder = Path(tempfile.mkdtemp(prefix="tiwizi-fedify-"))
    tiznit = LiveInstance("tiznit", folder / "t")
    fedify = Fedify(folder)
    try:
        tiznit.prepare()
        tiznit.start()
        until(fedify.answers, seconds=60, what="Fedify")
        yield tiznit, fedify
    finally:
        fedify.stop()
        tiznit.stop()
        tiznit.drop()
        shutil.rmtree(folder, ignore_errors=True)


PUBLISH = """
from core.domain import projects
from core.models import Organisation, Person, Territory
from plugins.federation.domain import actors
person = Person.objects.for_email("agent@tiwizi.example", name="Agent")
project = projects.propose(proposer=person, title="Eau à Ouijjane", summary="Un réseau", language="fr",
    territory=Territory.objects.filter(level="commune").first(), owner=Organisation.objects.first())
projects.publish(project, by=person)
result = [project.uid, actors.object_uri(project.ref)]
"""
EDIT = """
from core.domain import projects
from core.models import Project
project = Project.objects.get(uid={uid!r})
projects.edit(project, by=project.proposer, texts={{"fr": {{"title": "Eau et ombre", "summary": "s", "story": "<p>x</p>"}}}})
"""
WITHDRAW = """
from core.domain import projects
from core.models import Project
project = Project.objects.get(uid={uid!r})
projects.withdraw(project, by=project.proposer)
"""
POSTS = """
from plugins.forum.models import Post
result = list(Post.objects.values_list("html", flat=True))
"""


def test_a_strict_server_follows_reads_and_answers_us(world: tuple[LiveInstance, Fedify]) -> None:
    """D20: every activity of ours passes its signature check, and its own pass our gate."""
    tiznit, fedify = world
    actor = f"{tiznit.url}/ap/instance"
    found = fedify.ask("/_t/lookup", {"q": actor})
    assert found["type"] == "Application", found
    assert fedify.ask("/_t/follow", {"q": actor}) == {"followed": actor}
    until(lambda: fedify.heard("Accept"), seconds=60, what="the answer to the request")

    uid, uri = tiznit.run(PUBLISH)
    until(
        lambda: fedify.heard("Create", uri) or fedify.heard("Announce", uri), seconds=60, what="the project"
    )
    seen = fedify.ask("/_t/lookup", {"q": uri})
    assert seen["type"] == "Article", seen
    assert "Eau à Ouijjane" in json.dumps(seen["json"], ensure_ascii=False)

    fedify.ask(
        "/_t/post", {"content": "<p>Azul depuis Lyon</p><script>x</script>", "to": actor, "inReplyTo": uri}
    )
    posts = until(lambda: tiznit.run(POSTS), seconds=60, what="the answer")
    assert "Azul depuis Lyon" in posts[0]
    assert "script" not in posts[0]

    tiznit.run(EDIT.format(uid=uid))
    until(lambda: fedify.heard("Update", uri), seconds=60, what="the edit")
    tiznit.run(WITHDRAW.format(uid=uid))
    until(lambda: fedify.heard("Delete", uri), seconds=60, what="the withdrawal")
    waiting = "from plugins.federation.models import Delivery\nresult = list(Delivery.objects.exclude(state='done').values_list('last_error'))"
    until(lambda: tiznit.run(waiting) == [], seconds=60, what="the end of all deliveries")
