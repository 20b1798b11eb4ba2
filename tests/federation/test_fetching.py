"""What the safe client takes from a hostile server: signed requests, types, sizes, deadlines."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time

import httpcore
import pytest

from plugins.federation.domain import connections, fetching
from plugins.federation.domain.fetching import FetchFailed, FetchRefused, NotFound, fetch_json, fetch_object
from tests.federation.hostile import ACTIVITY

pytestmark = pytest.mark.django_db


def test_an_object_is_read(peer):
    peer.routes["/o"] = {"id": f"{peer.origin}/o", "type": "Note"}
    assert fetch_json(f"{peer.origin}/o")["type"] == "Note"
    assert fetch_object(f"{peer.origin}/o")["type"] == "Note"
    _method, _path, headers, _body = peer.requests[0]
    assert headers["Accept"].startswith(ACTIVITY)
    assert headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in headers


def test_a_request_can_be_signed_by_our_actor(peer, ours):
    peer.routes["/o"] = {"id": f"{peer.origin}/o"}
    fetch_json(f"{peer.origin}/o", signed_as="http://127.0.0.1:8001/ap/instance")
    headers = peer.requests[0][2]
    assert 'keyId="http://127.0.0.1:8001/ap/instance#main-key"' in headers["Signature"]
    assert 'headers="(request-target) host date"' in headers["Signature"]


@pytest.mark.parametrize("status", [404, 410])
def test_nothing_there(peer, status):
    peer.routes["/o"] = lambda handler: handler.reply(status, {})
    with pytest.raises(NotFound):
        fetch_json(f"{peer.origin}/o")


def test_what_failed_is_not_asked_again_for_a_while(peer):
    for _turn in range(100):
        with pytest.raises(NotFound):
            fetch_json(f"{peer.origin}/none")
    assert peer.asked == ["GET /none"]
    with pytest.raises(NotFound):
        fetch_json(f"{peer.origin}/none", fresh=True)
    assert len(peer.asked) == 2


def test_an_endless_answer_is_cut(peer):
    """D20: 400 MB are announced and sent; half a megabyte is read."""
    sent = []

    def pour(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", ACTIVITY)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        piece = b"x" * 65536
        with contextlib.suppress(OSError):
            for _number in range(6400):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                sent.append(len(piece))
        handler.close_connection = True

    peer.routes["/big"] = pour
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/big")
    time.sleep(0.2)
    assert sum(sent) < 20_000_000


def test_an_answer_announced_too_long_is_not_read(peer):
    def announce(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", ACTIVITY)
        handler.send_header("Content-Length", "419430400")
        handler.end_headers()
        handler.close_connection = True

    peer.routes["/big"] = announce
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/big")


def test_a_packed_answer_is_refused(peer):
    packed = gzip.compress(b'{"x": "' + b"0" * 10_000_000 + b'"}')
    peer.routes["/bomb"] = lambda handler: handler.reply(200, packed, Content_Encoding="gzip")
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/bomb")


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_slow_drip_ends_at_the_deadline(peer, monkeypatch, part):
    """D20: one deadline over everything; each byte in time does not help."""
    monkeypatch.setattr(fetching, "SECONDS", 0.6)

    def drip(handler):
        text = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 9999\r\n\r\n"
        text = (
            text + b" " * 9999 if part == "body" else text.replace(b"\r\n\r\n", b"\r\nX-Slow: " + b"y" * 9999)
        )
        quick = len(text) - 9999
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(text[:quick])
            for position in range(quick, len(text)):
                handler.wfile.write(text[position : position + 1])
                time.sleep(0.05)

    peer.routes["/drip"] = drip
    before = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch_json(f"{peer.origin}/drip")
    assert time.monotonic() - before < 5


def test_a_server_that_never_answers_and_a_resolver_that_never_returns(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchFailed):
        fetch_json(f"http://127.0.0.1:{silent.getsockname()[1]}/")
    held = threading.Event()
    pool = connections.pool(plain=False, resolver=lambda name, port: held.wait(5) and [])
    with connections.deadline(0.3), pytest.raises(httpcore.TimeoutException):
        pool.request("GET", "https://slow.example/")
    held.set()


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "text/plain",
        "application/json",
        "application/ld+json",
        "image/jpeg",
        "",
        "application/octet-stream",
    ],
)
def test_an_uploaded_file_is_not_taken_for_an_object(peer, kind):
    """D20: only the ActivityStreams types count, so that a file someone uploaded there speaks for nobody."""
    peer.routes["/o"] = lambda handler: handler.reply(200, {"id": f"{peer.origin}/o"}, kind=kind)
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/o")


def test_the_linked_data_type_counts_with_its_profile(peer):
    kind = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    peer.routes["/o"] = lambda handler: handler.reply(200, {"id": f"{peer.origin}/o"}, kind=kind)
    assert fetch_json(f"{peer.origin}/o")


def test_webfinger_and_nodeinfo_are_read_as_what_they_are(peer):
    peer.routes["/w"] = lambda handler: handler.reply(200, {"subject": "acct:x"}, kind="application/jrd+json")
    peer.routes["/n"] = lambda handler: handler.reply(
        200, {"version": "2.1"}, kind="application/json; charset=utf-8"
    )
    assert fetch_json(f"{peer.origin}/w", accept="jrd")["subject"] == "acct:x"
    assert fetch_json(f"{peer.origin}/n", accept="json")["version"] == "2.1"
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/w", accept="json")


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b"null", b"[" * 5000, b"\xff\xfe"])
def test_what_is_not_a_json_object_is_refused(peer, body):
    peer.routes["/o"] = lambda handler: handler.reply(200, body)
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch_json(f"{peer.origin}/o")


def test_an_object_must_answer_at_its_own_id(peer, stranger):
    peer.routes["/false"] = {"id": f"{stranger.origin}/o"}
    stranger.routes["/o"] = {"id": f"{stranger.origin}/o"}
    with pytest.raises(FetchRefused):
        fetch_object(f"{peer.origin}/false")
    assert stranger.asked == []
    peer.routes["/page"] = {"id": f"{peer.origin}/real"}
    peer.routes["/real"] = {"id": f"{peer.origin}/real", "name": "found"}
    assert fetch_object(f"{peer.origin}/page")["name"] == "found"
    peer.routes["/one"] = {"id": f"{peer.origin}/two"}
    peer.routes["/two"] = {"id": f"{peer.origin}/one"}
    with pytest.raises(FetchRefused):
        fetch_object(f"{peer.origin}/one")


def test_the_same_limits_hold_for_reading_json(peer):
    peer.routes["/o"] = json.dumps({"id": f"{peer.origin}/o", "x": "y" * fetching.MAX_BYTES}).encode()
    peer.routes["/o"] = lambda handler, body=peer.routes["/o"]: handler.reply(200, body)
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/o")
