"""A worker is killed again and again while fifty projects travel: all arrive, each once."""

from __future__ import annotations

import time

import pytest

from tests.e2e.live import LiveInstance, pair, until

__all__ = ["pair"]
pytestmark = [pytest.mark.live, pytest.mark.xdist_group("pair")]
NUMBER = 50

LINK = """
from plugins.federation.domain import lookups, peers
link = peers.ask(lookups.actor_at({url!r}), by=None)
result = link.uid
"""

ADMIT = """
from core.models import Person
from plugins.federation.domain import peers
from plugins.federation.models import PeerLink
animator = Person.objects.for_email("animator@tiwizi.example", name="Animator")
link = PeerLink.objects.incoming().filter(state="asked").first()
result = bool(link) and bool(peers.admit(link, by=animator))
"""

ACCEPTED = """
from plugins.federation.models import PeerLink
result = PeerLink.objects.outgoing().accepted().exists()
"""

PUBLISH = """
from core.domain import projects
from core.models import Organisation, Person, Territory
owner, person = Organisation.objects.first(), Person.objects.for_email("agent@tiwizi.example", name="Agent")
place = Territory.objects.filter(level="commune").first()
for number in range({first}, {last}):
    project = projects.propose(
        proposer=person, title=f"Projet {{number}}", summary="En une phrase", language="fr", territory=place, owner=owner
    )
    projects.publish(project, by=person)
"""

ARRIVED = """
from core.models import JournalEntry, Project
from plugins.federation.models import ReceivedObject
result = [
    sorted(Project.objects.exclude(origin_uri="").filter(status="published").values_list("slug", flat=True)),
    JournalEntry.objects.filter(verb="core.project.received").count(),
    ReceivedObject.objects.filter(subject_type="core.project").count(),
]
"""

LEFT = """
from plugins.federation.models import Delivery, Outgoing
result = [Outgoing.objects.filter(activity_uri__contains="/ap/activity/").count(), Delivery.objects.filter(state="failed").count()]
"""


def link(follower: LiveInstance, followed: LiveInstance) -> None:
    """One instance follows another, through both workers."""
    follower.run(LINK.format(url=followed.url))
    until(lambda: followed.run(ADMIT), seconds=60, what="the request")
    until(lambda: follower.run(ACCEPTED), seconds=60, what="the admission")


def test_fifty_projects_arrive_once_though_workers_are_killed(
    pair: tuple[LiveInstance, LiveInstance],
) -> None:
    """A: kill -9 of a worker during the publication of 50 projects to the other instance: all 50 arrive once."""
    tiznit, argenteuil = pair
    link(argenteuil, tiznit)
    step = 10
    for first in range(0, NUMBER, step):
        tiznit.run(PUBLISH.format(first=first, last=first + step))
        sender_or_receiver = tiznit if first % (2 * step) == 0 else argenteuil
        time.sleep(0.7)
        sender_or_receiver.kill("worker")
        sender_or_receiver.start_worker()
    until(lambda: len(argenteuil.run(ARRIVED)[0]) >= NUMBER, seconds=300, what="all fifty projects")
    time.sleep(5)
    slugs, entries, received = argenteuil.run(ARRIVED)
    assert len(slugs) == len(set(slugs)) == NUMBER
    assert entries == NUMBER
    assert received == NUMBER
    _activities, failed = tiznit.run(LEFT)
    assert failed == 0
