"""A campaign in a frame on somebody else's site, in Chromium: it shows there, and nothing else of ours does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.crowdfunding.factories import CampaignFactory, received
from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


class Elsewhere:
    """Another origin: a server of its own on this machine, whose only page frames what it is told to."""

    def __init__(self) -> None:
        self.framed: list[str] = []
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                frames = "".join(
                    f'<iframe src="{url}" width="400" height="330"></iframe>' for url in elsewhere.framed
                )
                body = f"<!doctype html><title>x</title>{frames}".encode()
                self.send_response(200 if self.path == "/" else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                if self.path == "/":
                    self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    found = Elsewhere()
    found.thread.start()
    yield found
    found.stop()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_it_shows_on_another_site(site, elsewhere, new_page, axe, language):
    campaign = CampaignFactory()
    received(campaign, 150_000)
    elsewhere.framed = [f"{site}/{language}/crowdfunding/campaigns/{campaign.slug}/embed/"]
    page = new_page(js=False, language=language)
    page.goto(elsewhere.url)
    frame = page.frame_locator("iframe")
    frame.locator(".bar").wait_for()
    assert frame.locator("h1").inner_text() == campaign.texts[language]["title"]
    assert page.context.cookies() == []
    with page.expect_popup() as opened:
        frame.locator(".act .btn").click()
    opened.value.wait_for_url(lambda address: "/give/" in address)
    alone = new_page(viewport={"width": 280, "height": 400}, language=language)
    alone.goto(elsewhere.framed[0])
    assert alone.evaluate("document.documentElement.scrollWidth") <= 280
    axe(alone)
    wide = new_page(viewport=PHONE, language=language, color_scheme="dark")
    wide.goto(elsewhere.framed[0])
    axe(wide)


def test_the_rest_of_the_site_cannot_be_framed(site, elsewhere, new_page, watch):
    campaign = CampaignFactory()
    watch.forgive("frame")
    watch.forgive("chrome-error")
    elsewhere.framed = [f"{site}{campaign.get_absolute_url()}", f"{site}{campaign.get_absolute_url()}give/"]
    page = new_page()
    page.goto(elsewhere.url)
    page.wait_for_load_state("networkidle")
    for frame in page.frames[1:]:
        assert not frame.url.startswith(site)
        assert campaign.title not in frame.content()


def test_the_page_with_the_code_shows_the_frame(site, new_page, axe):
    campaign = CampaignFactory()
    page = new_page(viewport=PHONE)
    page.goto(f"{site}/fr/crowdfunding/campaigns/{campaign.slug}/embed/code/")
    page.frame_locator("iframe").locator(".bar").wait_for()
    assert "<iframe" in page.locator("textarea").input_value()
    axe(page)
