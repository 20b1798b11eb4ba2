"""The HTTP server of the fake, on loopback only."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.crowdfunding.stripe_fake import pages, routes
from tests.crowdfunding.stripe_fake.encoding import expanded, parse
from tests.crowdfunding.stripe_fake.errors import ApiError, crash, invalid, too_many, unauthorized
from tests.crowdfunding.stripe_fake.state import Fake


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    wbufsize = (
        65_536  # head and body leave in one packet: else each answer waits 40 ms for an acknowledgement
    )
    server: Server

    def log_message(self, *args) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.dispatch()

    def do_POST(self) -> None:
        self.dispatch()

    def do_DELETE(self) -> None:
        self.dispatch()

    def dispatch(self) -> None:
        """The donor's page, the tests' controls, or the API."""
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if path.startswith("/pay/"):
            self.page(path, body)
        elif path.startswith("/_control/"):
            self.steer(path, body)
        else:
            self.api(path, body)

    def page(self, path: str, body: str) -> None:
        """The hosted page."""
        form = dict(parse_qsl(body)) if self.command == "POST" else None
        try:
            with self.server.fake.lock:
                status, html, target = pages.answer(self.server.fake, path.removeprefix("/pay/"), form)
        except ApiError as error:
            status, html, target = 404, str(error), ""
        headers = {"Location": target} if target else {}
        self.answer(status, html.encode(), "text/html; charset=utf-8", headers)

    def steer(self, path: str, body: str) -> None:
        """A control request."""
        try:
            done = routes.control(self.server.fake, path.removeprefix("/_control/"), json.loads(body or "{}"))
            self.answer(200, json.dumps({"done": done}).encode())
        except ApiError as error:
            self.answer(error.status, json.dumps(error.body).encode())
        except (KeyError, TypeError, ValueError) as error:
            self.answer(400, json.dumps({"error": {"message": repr(error)}}).encode())

    def api(self, path: str, body: str) -> None:
        """A request of the API: authorised, perhaps replayed, perhaps spoilt."""
        fault = self.server.fake.faults.take(path)
        headers: dict[str, str] = {}
        try:
            status, answer = self.work(path, body, fault, headers)
        except ApiError as error:
            status, answer = error.status, error.body
            headers.update(error.headers)
        self.server.fake.asked.append(
            {
                "method": self.command, "path": path, "params": parse(body), "status": status,
                "key": self.headers.get("Idempotency-Key"), "version": self.headers.get("Stripe-Version"),
            }
        )  # fmt: skip
        if fault and fault.moment == "drop":
            self.close_connection = True
            return
        headers["Request-Id"] = f"req_{secrets.token_hex(7)}"
        self.answer(status, json.dumps(answer).encode(), "application/json", headers)

    def work(self, path: str, body: str, fault, headers: dict) -> tuple[int, dict]:
        """Status and answer; raises ApiError."""
        account = self.server.fake.by_key(self.given_key())
        if fault and fault.moment == "before":
            raise ApiError(500, "api_error", "An unknown error occurred.")
        if fault and fault.moment == "rate":
            raise too_many()
        query = parse(urlsplit(self.path).query)
        if self.command == "GET":
            with self.server.fake.lock:
                return 200, self.shaped(account, routes.look(account, path, query), query)
        if self.command != "POST":
            raise routes.unknown(self.command, path)
        params, key = parse(body), self.headers.get("Idempotency-Key")
        if key is None:
            return self.post(account, path, params, fault)
        if len(key) > 255:
            raise invalid("Idempotency keys are at most 255 characters.")
        stored = account.keys.begin(key, (path, json.dumps(params, sort_keys=True)))
        if stored:
            headers["Idempotent-Replayed"] = "true"
            return stored
        return self.first(account, key, path, params, fault)

    def first(self, account, key: str, path: str, params: dict, fault) -> tuple[int, dict]:
        """The first request with a key: what it gives is kept, unless it never began."""
        kept: tuple[int, dict] | None = None
        try:
            kept = self.post(account, path, params, fault)
            return kept
        except ApiError as error:
            kept = (error.status, error.body) if error.begun else None
            raise
        finally:
            account.keys.end(key, kept)

    def post(self, account, path: str, params: dict, fault) -> tuple[int, dict]:
        """Does the work."""
        if fault and fault.moment == "slow":
            time.sleep(fault.seconds)
        with self.server.fake.lock:
            answer = self.shaped(account, routes.act(account, path, params), params)
        if fault and fault.moment == "after":
            raise crash()
        return 200, answer

    def shaped(self, account, thing: dict, params: dict) -> dict:
        """The answer with what it was asked to expand."""
        expand = params.get("expand") or []
        return expanded(account, thing, expand if isinstance(expand, list) else [expand])

    def given_key(self) -> str:
        """The secret key of the request, bearer or basic."""
        kind, _, value = (self.headers.get("Authorization") or "").partition(" ")
        if kind == "Basic":
            value = base64.b64decode(value).decode().removesuffix(":")
        if not value:
            raise unauthorized("")
        return value

    def answer(self, status: int, body: bytes, type_: str = "application/json", headers=None) -> None:
        """Writes the answer; a browser that is gone does not matter."""
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", type_)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Serves a fake on 127.0.0.1 while the ``with`` block lasts."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, fake: Fake | None = None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.fake = fake or Fake()
        self.url = self.fake.public_url = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *args) -> None:
        self.shutdown()
        self._thread.join()
        self.fake.close()
        self.server_close()
