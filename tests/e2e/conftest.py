"""Journeys in a real browser: a live server, Chromium, and what to look for on every page.

Fixtures: ``site`` (address of the live instance with its page tree), ``page`` (1280×900), ``phone`` (390×844),
``desktop``, ``nojs_page``, ``any_page`` (the test runs with JavaScript on and off), ``new_page(**options)``,
``sign_in``, ``last_code``, ``last_mail``, ``work`` (does the scheduled work once), ``axe``, ``look`` and ``watch``.
Every page opened is watched: errors in the console, refusals of the content policy and requests to another
host fail the test unless ``watch.forgive("part of the message")`` was called.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ASIDE = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)"
LANGUAGES = {"fr": "fr-FR", "ar": "ar-MA", "en": "en-GB"}


def pytest_collection_modifyitems(items):
    """All that stands here is a journey."""
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


class Watch:
    """Collects what no page may do; ``check`` fails the test with all of it."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.forgiven: list[str] = []
        self.without_script: set[BrowserContext] = set()

    def forgive(self, part: str) -> None:
        """Expect messages that hold ``part``: a test that provokes a 404 names it."""
        self.forgiven.append(part)

    def follow(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._request(request.url))
        context.on("page", self._page)

    def _request(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in {
            "127.0.0.1",
            "localhost",
        }:
            self.problems.append(f"request to another host: {url}")

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"script error on {page.url}: {error}"))
        page.on("console", lambda message: self._console(page, message))

    def _console(self, page: Page, message: Any) -> None:
        # A refusal by the content security policy is an error in the console, too.
        if message.type == "error":
            self.problems.append(f"console on {page.url}: {message.text}")

    def check(self) -> None:
        left = [problem for problem in self.problems if not any(part in problem for part in self.forgiven)]
        assert not left, "\n".join(left)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; CHROMIUM names another."""
    # Playwright's own event loop makes Django believe that every test runs inside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(live_server, settings, transactional_db) -> str:
    """``http://127.0.0.1:<port>`` of the instance, which knows this address as its own."""
    from wagtail.models import Page as WagtailPage

    from core.domain.pages import ensure_tree

    url = live_server.url.replace("localhost", "127.0.0.1")
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, base_url=url)
    if (
        WagtailPage.get_first_root_node() is None
    ):  # the flush after a live test removed Wagtail's own first rows
        from wagtail.models import Locale

        Locale.objects.get_or_create(language_code="fr")
        WagtailPage.add_root(title="Root", slug="root")
    ensure_tree()
    return url


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def new_page(browser: Browser, site: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own: ``new_page(viewport=PHONE, js=False, language="ar")``."""
    contexts: list[BrowserContext] = []

    def open_page(
        *, viewport: dict[str, int] = DESKTOP, js: bool = True, language: str = "fr", **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport=viewport,
            java_script_enabled=js,
            locale=LANGUAGES.get(language, "fr-FR"),
            **options,
        )
        context.set_default_timeout(10_000)
        watch.follow(context)
        if not js:
            watch.without_script.add(context)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture
def page(new_page) -> Page:
    return new_page()


@pytest.fixture
def desktop(page) -> Page:
    return page


@pytest.fixture
def phone(new_page) -> Page:
    return new_page(viewport=PHONE, has_touch=True)


@pytest.fixture
def nojs_page(new_page) -> Page:
    return new_page(js=False)


@pytest.fixture(params=["js", "nojs"])
def any_page(request, new_page) -> Page:
    """A phone, once with and once without JavaScript."""
    return new_page(viewport=PHONE, js=request.param == "js")


@pytest.fixture
def sign_in(site, settings) -> Callable[[Page, Any], None]:
    """``sign_in(page, person)``: the page's context carries the person's session from now on."""

    def enter(page: Page, person: Any) -> None:
        from django.test import Client

        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])

    return enter


@pytest.fixture
def last_mail(mailoutbox) -> Callable[[str], Any]:
    """The newest mail to an address; fails saying who got mail when there is none."""

    def find(email: str) -> Any:
        found = [mail for mail in mailoutbox if email in mail.to]
        assert found, f"no mail to {email}; mails went to {[mail.to for mail in mailoutbox]}"
        return found[-1]

    return find


@pytest.fixture
def last_code(last_mail) -> Callable[[str], str]:
    """The sign-in code in the newest mail to an address."""

    def find(email: str) -> str:
        body = last_mail(email).body
        alone = [
            line.strip()
            for line in body.splitlines()
            if re.fullmatch(r"\s*[0-9A-Z]{3,8}(-[0-9A-Z]{3,8})?\s*", line)
        ]
        inside = re.findall(r"\b[0-9A-Z]{3,4}-[0-9A-Z]{3,4}\b", body)
        assert alone or inside, f"no code in:\n{body}"
        return (alone or inside)[0]

    return find


@pytest.fixture
def work(site) -> Callable[[], None]:
    """Does all scheduled work once, in this process, as a worker would when each period is over."""

    def do() -> None:
        from core.registry import registry

        for schedule in registry.schedules():
            schedule.task.call()

    return do


@pytest.fixture
def axe(browser: Browser, watch: Watch) -> Callable[..., None]:
    """``axe(page)`` asserts that axe finds nothing.

    Axe is a script: the address of a page without JavaScript is opened anew, with its cookies, in a context that
    has it (an answer to a POST cannot be: look at it with JavaScript on).
    """

    def check(page: Page, *, ignore: tuple[str, ...] = ()) -> None:
        if page.context not in watch.without_script:
            _no_violations(page, ignore)
            return
        with browser.new_context(
            viewport=page.viewport_size, storage_state=page.context.storage_state()
        ) as twin:
            opened = twin.new_page()
            opened.goto(page.url)
            _no_violations(opened, ignore)

    return check


@pytest.fixture
def look(axe) -> Callable[..., None]:
    """``look(page, address)``: answers, fits the screen, axe finds nothing; without an address, the page as it is.

    PICTURES names a folder that keeps a picture of every page looked at.
    """

    def check(page: Page, address: str = "") -> None:
        if address:
            answer = page.goto(address)
            assert answer is not None, address
            assert answer.status == 200, address
        page.wait_for_load_state("load")
        if folder := os.environ.get("PICTURES"):
            name = re.sub(r"\W+", "-", f"{page.viewport_size['width']}{urlsplit(page.url).path}")[:110]
            page.screenshot(path=f"{folder}/{name}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"
        hidden = page.evaluate(ASIDE)
        assert not hidden, f"{page.url} has tables to push aside: {hidden}"
        axe(page)

    return check


def _no_violations(page: Page, ignore: tuple[str, ...]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # A click returns when the answer has begun: what is there by then may still be an empty document.
    page.wait_for_load_state("load")
    found = (
        Axe()
        .run(page, options={"rules": {rule: {"enabled": False} for rule in ignore}})
        .response["violations"]
    )
    lines = []
    for violation in found:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"    {node['html'][:160]}  {node['failureSummary'].splitlines()[-1].strip()}")
    assert not lines, f"axe on {page.url} at {page.viewport_size}:\n" + "\n".join(lines)
