"""Where the safe client goes: never inside, whatever a redirect, the DNS, a proxy or a blocked host says."""

from __future__ import annotations

import contextlib

import httpcore
import pytest

from plugins.federation.domain import connections, fetching, hosts
from plugins.federation.domain.fetching import FetchFailed, FetchRefused, fetch_json

pytestmark = pytest.mark.django_db


def test_redirects_within_reason_are_followed(peer, stranger):
    peer.redirect("/a", "/b")
    peer.redirect("/b", f"{stranger.origin}/c")
    stranger.redirect("/c", "/d")
    stranger.routes["/d"] = {"id": f"{stranger.origin}/d"}
    assert fetch_json(f"{peer.origin}/a")["id"] == f"{stranger.origin}/d"


@pytest.mark.parametrize("to", ["/loop", "/deep/1"])
def test_redirect_loops_end_after_three_hops(peer, to):
    peer.redirect("/loop", "/loop")
    for number in range(1, 9):
        peer.redirect(f"/deep/{number}", f"/deep/{number + 1}")
    with pytest.raises(FetchRefused):
        fetch_json(peer.origin + to)
    assert len(peer.asked) == fetching.MAX_HOPS + 1


@pytest.mark.parametrize(
    "to",
    [
        "http://10.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/",
        "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://localhost/", "https://127.0.0.1:8443/",
        "http://127.0.0.1:8001/ap/instance", "http://localhost:8001/media/upload.json", "file:///etc/passwd",
        "ftp://a.example/", "https://0.0.0.0/", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "gopher:",
    ],
)  # fmt: skip
def test_no_redirect_leads_inside(peer, to, monkeypatch):
    """D20: private machines, our own addresses and other schemes are refused on every hop."""
    dialled = []
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", _dial(dialled))
    peer.redirect("/away", to)
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch_json(f"{peer.origin}/away")
    assert dialled == [peer.host]


def _dial(dialled):
    real = httpcore.SyncBackend.connect_tcp

    def connect(self, host, port, *args, **kwargs):
        dialled.append(f"{host}:{port}")
        return real(self, host, port, *args, **kwargs)

    return connect


def test_the_connected_socket_is_asked_where_it_ended(monkeypatch):
    """D20: even a system that connects elsewhere than it was told gains nothing."""

    class Elsewhere(httpcore.NetworkStream):
        closed = False

        def get_extra_info(self, info):
            return ("10.0.0.1", 443)

        def close(self):
            Elsewhere.closed = True

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *args, **kwargs: Elsewhere())
    backend = connections.GuardedBackend(plain=False, resolver=lambda name, port: ["8.8.8.8"])
    with pytest.raises(connections.AddressRefused):
        backend.connect_tcp("a.example", 443, timeout=1)
    assert Elsewhere.closed


def test_dns_that_changes_between_two_requests_is_looked_up_for_each_connection(monkeypatch):
    answers = [["127.0.0.1"], ["192.168.1.1"]]
    pool = connections.pool(plain=False, resolver=lambda name, port: answers.pop(0))
    for _turn in range(2):
        with pytest.raises(connections.AddressRefused):
            pool.request("GET", "https://a.example/")
    assert answers == []


def test_blocked_hosts_are_not_asked(peer):
    hosts.block(peer.host)
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/o")
    assert peer.asked == []


def test_one_host_is_not_asked_without_end(peer, monkeypatch):
    monkeypatch.setattr(fetching, "limit", fetching.HostLimit(3))
    for number in range(6):
        peer.routes[f"/{number}"] = {"id": f"{peer.origin}/{number}"}
        with contextlib.suppress(FetchFailed):
            fetch_json(f"{peer.origin}/{number}")
    assert len(peer.asked) == 3


def test_no_proxy_of_the_environment_is_used(peer, stranger, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, stranger.origin)
    peer.routes["/o"] = {"id": f"{peer.origin}/o"}
    fetch_json(f"{peer.origin}/o")
    assert peer.asked == ["GET /o"]
    assert stranger.asked == []


def test_plain_http_is_for_the_demonstration_only(peer, settings):
    settings.FEDERATION_INSECURE_LOOPBACK = False
    with pytest.raises(FetchRefused):
        fetch_json(f"{peer.origin}/o")
    assert peer.asked == []


def test_https_to_this_machine_is_refused_before_anything_is_said(monkeypatch):
    dialled = []
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", _dial(dialled))
    with pytest.raises(FetchRefused):
        fetch_json("https://127.0.0.1/")
    assert dialled == []
