"""The fake's events: signed as the library verifies them, delivered as a test wants."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from tests.crowdfunding.stripe_fake import Fake

KEY, SECRET = "sk_test_tiznit", "whsec_tiznit"


class Endpoint(ThreadingHTTPServer):
    """Takes webhooks as a site would; answers what ``statuses`` says next, else 200."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hook)
        self.statuses, self.got = [], []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], SECRET)
        self.server.got.append(event)
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def endpoint():
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def account(endpoint):
    fake = Fake()
    yield fake.account(KEY, webhook=endpoint.url, secret=SECRET)
    fake.close()


def tell(account, *names):
    for name in names:
        account.tell(name, account.make("customer", email=name))


def test_each_event_is_signed_and_names_its_object(account, endpoint):
    tell(account, "customer.created")
    assert account.courier.deliver() == [200]
    (event,) = endpoint.got
    assert (event.type, event.data.object.email) == ("customer.created", "customer.created")
    assert account.courier.deliver() == []


def test_twice_reversed_and_at_once(account, endpoint):
    tell(account, "a", "b")
    account.courier.deliver(times=2, reverse=True)
    assert [event.type for event in endpoint.got] == ["b", "b", "a", "a"]
    endpoint.got.clear()
    tell(account, *"cdefgh")
    assert account.courier.deliver(times=3, at_once=True) == [200] * 18
    assert sorted(event.type for event in endpoint.got) == sorted("cdefgh" * 3)


def test_what_is_not_accepted_waits_and_comes_again(account, endpoint):
    tell(account, "a", "b")
    endpoint.statuses = [500]
    assert account.courier.deliver() == [500, 200]
    assert account.courier.deliver() == [200]
    assert [event.type for event in endpoint.got] == ["a", "b", "a"]
    assert endpoint.got[0].id == endpoint.got[2].id


def test_only_some_or_never(account, endpoint):
    tell(account, "a", "b", "c")
    account.courier.deliver("b")
    account.courier.deliver("a", drop=True)
    account.courier.deliver()
    assert [event.type for event in endpoint.got] == ["b", "c"]
    account.courier.again("a")
    assert endpoint.got[-1].type == "a"


def test_an_endpoint_that_is_not_there(account):
    account.courier.url = "http://127.0.0.1:9/hook"
    tell(account, "a")
    assert account.courier.deliver() == [0]
    assert len(account.courier.waiting) == 1


def test_by_itself_with_retries(account, endpoint):
    account.courier.held = False
    endpoint.statuses = [503]
    tell(account, "a")
    account.courier._threads[0].join()
    assert [event.type for event in endpoint.got] == ["a", "a"]
    assert account.courier.log == [("a", 503), ("a", 200)]
