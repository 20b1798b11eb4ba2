"""Which addresses are ours, whose others are, and which machines may be spoken to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.federation.domain import addresses, connections

FORBIDDEN = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.8.9.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:1ff::1", "2001:db8::1", "2002:a00:1::", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("ip", FORBIDDEN)
def test_private_shared_mapped_and_translated_machines_are_not_spoken_to(ip, settings):
    """D20: no range that is not of the public internet, whatever its spelling."""
    assert not addresses.is_global(ip)
    assert not addresses.may_connect(ip, hostname="a.example", plain=False)


@pytest.mark.parametrize("ip", ["8.8.8.8", "196.200.160.1", "2606:4700::1111", "2a01:4f8::1"])
def test_public_machines_are_spoken_to(ip):
    assert addresses.may_connect(ip, hostname="a.example", plain=False)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_spoken_to(ip):
    if addresses.is_global(str(ip)):
        assert ip.is_global
        assert not ip.is_private
        assert not ip.is_multicast
        assert not (isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped)


def test_loopback_is_only_spoken_to_by_name_over_http_in_a_demonstration(settings):
    assert addresses.may_connect("127.0.0.1", hostname="127.0.0.1", plain=True)
    assert not addresses.may_connect("127.0.0.1", hostname="a.example", plain=True)
    assert not addresses.may_connect("127.0.0.1", hostname="localhost", plain=False)
    assert not addresses.may_connect("8.8.8.8", hostname="localhost", plain=True)
    settings.FEDERATION_INSECURE_LOOPBACK = False
    assert not addresses.may_connect("127.0.0.1", hostname="127.0.0.1", plain=True)


@pytest.mark.parametrize(
    "url",
    [
        "", "a.example", "ftp://a.example/", "file:///dev/zero", "javascript:alert(1)", "https:///path",
        "https://user@a.example/", "https://user:pw@a.example/", "https://a.example:0/", "https://a.example:99999/",
        "https://a.example/ b", "https://a.example/\n", "https://a.example\\@b.example/", "https://é.example/",
        "https://[::1/", "http://a.example/", "http://127.0.0.2:8002/", "https://a.example/" + "x" * 600,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(addresses.BadAddress):
        addresses.parse(url)


def test_one_host_has_one_name():
    names = {
        addresses.parse(url).host
        for url in ("https://A.Example/x", "https://a.example:443/", "https://a.example.")
    }
    assert names == {"a.example"}
    assert addresses.parse("https://a.example:444/x?y=1#z").target == "/x?y=1"
    assert addresses.same_origin("https://a.example/1", "https://A.example:443/2")
    assert not addresses.same_origin("https://a.example/1", "https://a.example:444/1")
    assert not addresses.same_origin("https://a.example/1", "nonsense")


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:8001/ap/instance", True),
        ("http://localhost:8001/ap/instance", True),
        ("http://LOCALHOST:8001/", True),
        ("http://127.0.0.1:8002/ap/instance", False),
        ("https://testserver/ap/instance", True),
        ("https://a.example/", False),
        ("nonsense", False),
    ],
)
def test_our_own_addresses_are_known_under_every_spelling(url, ours):
    assert addresses.is_ours(url) is ours


def test_parents_of_a_host():
    assert addresses.parents("b.a.example:444") == ["b.a.example:444", "b.a.example", "a.example", "example"]
    assert addresses.parents("127.0.0.1:8002") == ["127.0.0.1:8002", "127.0.0.1"]
    assert addresses.parents("[2a01::1]:444") == ["[2a01::1]:444", "[2a01::1]"]


class Recorder:
    """A resolver whose answers a test chooses, call by call."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def __call__(self, hostname, port):
        return self.answers.pop(0)


def test_the_connected_peer_decides_not_an_earlier_lookup():
    """D20: a name that first leads to the internet and then inside is refused where the connection is made."""
    resolver = Recorder(["93.184.215.14"], ["127.0.0.1"])
    backend = connections.GuardedBackend(plain=False, resolver=resolver)
    assert resolver("rebind.example", 443) == ["93.184.215.14"]
    with pytest.raises(connections.AddressRefused):
        backend.connect_tcp("rebind.example", 443, timeout=1)


def test_one_private_address_among_several_is_enough_to_refuse():
    backend = connections.GuardedBackend(plain=False, resolver=Recorder(["8.8.8.8", "10.0.0.1"]))
    with pytest.raises(connections.AddressRefused):
        backend.connect_tcp("both.example", 443, timeout=1)
