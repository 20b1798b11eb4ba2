"""J6 in a real browser: two instances, each a web process and a worker, share a project and its discussion."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.live import LiveInstance, pair, until  # noqa: F401  pair is a fixture

pytestmark = [pytest.mark.e2e, pytest.mark.live, pytest.mark.xdist_group("pair")]
WITHIN = 10.0
"""Seconds in which what happens on one instance must show on the other."""

PUBLISH = """
from core.domain import projects
from core.models import Organisation, Person, Territory
agent = Person.objects.for_email("agent@tiwizi.example", name="Agente")
project = projects.propose(proposer=agent, title={title!r}, summary="Une phrase", language="fr",
    territory=Territory.objects.filter(path__contains="/09.581/").exclude(level="province").first(),
    owner=Organisation.objects.get(slug="association-des-eaux"))
projects.edit(project, by=agent, texts={{
    "fr": {{"title": {title!r}, "summary": "Une phrase", "story": "<p>Le récit du réseau.</p>"}},
    "ar": {{"title": {arabic!r}, "summary": "جملة", "story": "<p>حكاية الشبكة</p>"}}}})
projects.publish(project, by=agent)
result = [project.uid, project.slug]
"""


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``visit(instance, email, animator=True)``: a page on an instance, signed in when an address is given."""
    contexts = []

    def open_page(
        site: LiveInstance, email: str = "", *, animator: bool = False, viewport: Any = DESKTOP
    ) -> Page:
        context = browser.new_context(base_url=site.url, viewport=viewport, locale="fr-FR")
        context.set_default_timeout(15_000)
        if email:
            context.add_cookies([site.session(email, animator=animator)])
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def shows(page: Page, path: str, text: str, *, seconds: float = WITHIN, gone: bool = False) -> float:
    """Reload a page until it shows (or no longer shows) a text; gives the seconds it took."""
    start = time.monotonic()

    def looked() -> bool:
        page.goto(path)
        return (text in page.content()) is not gone

    until(looked, seconds=seconds, what=f"{text!r} {'leaving' if gone else 'on'} {path}")
    return time.monotonic() - start


@pytest.fixture(scope="module")
def linked(pair, browser: Browser) -> tuple[LiveInstance, LiveInstance]:  # noqa: F811
    """Argenteuil asks to follow Tiznit, an animator of Tiznit admits it: by hand, in the browser."""
    tiznit, argenteuil = pair
    tiznit.run(PUBLISH.format(title="Ancien réseau", arabic="شبكة قديمة"))
    with browser.new_context(base_url=argenteuil.url, viewport=PHONE, locale="fr-FR") as context:
        context.add_cookies([argenteuil.session("animatrice@tiwizi.example", animator=True)])
        page = context.new_page()
        page.goto("/fr/federation/peers/")
        page.locator("a[href$='/federation/peers/ask/']").first.click()
        page.locator("#id_address").fill(tiznit.url)
        page.locator("main form button[type=submit]").click()
        expect(page.locator("main h2")).to_contain_text("Tiwizi Tiznit")
        expect(page.locator("main")).to_contain_text("Ancien réseau")
        page.locator("main form button[type=submit]").click()
        expect(page.locator("main h1")).to_contain_text("Tiwizi Tiznit")
    with browser.new_context(base_url=tiznit.url, viewport=DESKTOP, locale="fr-FR") as context:
        context.add_cookies([tiznit.session("animateur@tiwizi.example", animator=True)])
        page = context.new_page()
        shows(page, "/fr/federation/peers/", "Tiwizi Argenteuil", seconds=20)
        page.get_by_role("link", name="Tiwizi Argenteuil").click()
        page.locator("a[href$='/admit/']").click()
        page.locator("main form button[type=submit]").click()
        expect(page.locator("main .message")).to_be_visible()
    return tiznit, argenteuil


def test_what_stood_before_comes_in_after_admission(linked, visit):
    """J6, D20: admission brings the projects that were there already."""
    _tiznit, argenteuil = linked
    page = visit(argenteuil)
    shows(page, "/fr/projects/", "Ancien réseau", seconds=20)


def test_a_project_is_shared_edited_talked_about_and_withdrawn(linked, visit):
    """J6: within ten seconds it stands in the other list with its origin, texts and doors; then all that follows."""
    tiznit, argenteuil = linked
    uid, slug = tiznit.run(PUBLISH.format(title="Nouveau château d'eau", arabic="خزان ماء جديد"))
    reader = visit(argenteuil, viewport=PHONE)
    shows(reader, "/fr/projects/", "Nouveau château")
    expect(reader.locator("main")).to_contain_text("Tiwizi Tiznit")
    reader.goto("/ar/projects/")
    reader.get_by_role("link", name=re.compile("خزان ماء جديد")).click()
    expect(reader.locator("main h1")).to_contain_text("خزان ماء جديد")
    for door in ("campaigns", "missions", "talk"):
        expect(reader.locator(f"a[href='{tiznit.url}/ar/projects/{quote(slug)}/#{door}']")).to_be_visible()
    here = reader.url.replace("/ar/", "/fr/")

    tiznit.run(EDIT.format(uid=uid))
    shows(reader, here, "Château d’eau agrandi")

    answer(visit(argenteuil, "mbarka@tiwizi.example"), here, "Nous pouvons prêter une pompe.")
    there = visit(tiznit)
    shows(there, f"/fr/projects/{slug}/", "Nous pouvons prêter une pompe.")
    answer(
        visit(tiznit, "omar@tiwizi.example"),
        f"{tiznit.url}/fr/projects/{slug}/",
        "Merci, elle est bienvenue.",
    )
    shows(reader, here, "Merci, elle est bienvenue.")

    tiznit.run(WITHDRAW.format(uid=uid))
    shows(reader, "/fr/projects/", "Château d’eau agrandi", gone=True)
    expect_status(here, 404)
    expect_status(f"{tiznit.url}/ap/object/core.project/{uid}", 410, accept="application/activity+json")


EDIT = """
from core.domain import projects
from core.models import Project
project = Project.objects.get(uid={uid!r})
projects.edit(project, by=None, texts={{**project.texts, "fr": {{**project.texts["fr"], "title": "Château d’eau agrandi"}}}})
"""
WITHDRAW = """
from core.domain import projects
from core.models import Project
projects.withdraw(Project.objects.get(uid={uid!r}), by=None)
"""


def answer(page: Page, project: str, text: str) -> None:
    """Write a message on a project's page, as a signed-in reader does."""
    page.goto(project)
    page.locator("#talk a.btn.main").click()
    page.locator("main form textarea").first.fill(text)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(text)


def expect_status(address: str, status: int, *, accept: str = "text/html") -> None:
    """Ask for an address and compare the status."""
    request = urllib.request.Request(address, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            found = response.status
    except urllib.error.HTTPError as error:
        found = error.code
    assert found == status, f"{address} answered {found}"


MANY = """
from core.domain import projects
from core.models import Organisation, Person, Territory
agent = Person.objects.for_email("agent@tiwizi.example", name="Agente")
for number in range({number}):
    title = f"Chantier {{number:02}}"
    projects.publish(projects.propose(proposer=agent, title=title, summary="x", language="fr",
        territory=Territory.objects.filter(level="commune").first(),
        owner=Organisation.objects.get(slug="association-des-eaux")), by=agent)
"""
ARRIVED = """
from collections import Counter
from core.models import JournalEntry, Project
rows = [row for row in Project.objects.exclude(origin_uri="") if row.title.startswith("Chantier ")]
keys = [row.uid for row in rows]
result = [len(rows), len({row.title for row in rows}),
    JournalEntry.objects.filter(verb="core.project.received", subject_key__in=keys).count()]
"""


def test_killing_workers_loses_nothing_and_does_nothing_twice(linked):
    """A worker killed with -9, again and again, while 50 projects go to the other instance: all arrive, once."""
    tiznit, argenteuil = linked
    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(tiznit.run, MANY.format(number=50))
        for site in (tiznit, argenteuil, tiznit, argenteuil, tiznit):
            time.sleep(3)
            site.kill("worker")
            site.start_worker()
        publishing.result(timeout=240)
    tiznit.kill("worker")
    tiznit.start_worker()
    until(lambda: argenteuil.run(ARRIVED)[0] >= 50, seconds=300, what="50 projects")
    time.sleep(5)
    assert argenteuil.run(ARRIVED) == [50, 50, 50]


COUNTS = """
from core.models import JournalEntry, Project
from plugins.federation.models import Host, InboxActivity, ReceivedObject, RemoteActor
result = [model.objects.count() for model in (InboxActivity, ReceivedObject, RemoteActor, Host, Project, JournalEntry)]
"""


def test_unsigned_and_forged_posts_are_refused_without_trace(linked):
    """J6: 401, nothing stored."""
    tiznit, argenteuil = linked
    before = argenteuil.run(COUNTS)
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{tiznit.url}/ap/activity/forged",
        "type": "Create",
        "actor": f"{tiznit.url}/ap/instance",
        "object": {
            "id": f"{tiznit.url}/ap/object/core.project/forged",
            "type": "Article",
            "attributedTo": f"{tiznit.url}/ap/instance",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "name": "Faux",
            "content": "<p>Faux</p>",
            "stage": "seeking",
        },
    }
    forged = (
        f'keyId="{tiznit.url}/ap/instance#main-key",algorithm="rsa-sha256",'
        'headers="(request-target) host date digest",signature="AAAA"'
    )
    for headers in ({}, {"Signature": forged, "Digest": "SHA-256=AAAA"}):
        request = urllib.request.Request(
            f"{argenteuil.url}/ap/inbox",
            data=json.dumps(activity).encode(),
            headers={"Content-Type": "application/activity+json", **headers},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 401
    time.sleep(2)
    assert argenteuil.run(COUNTS) == before
