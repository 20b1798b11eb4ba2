"""Addresses of other servers: what an id may look like, whose it is, and which machines may be spoken to."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from core.conf import instance

DEFAULT_PORTS = {"https": 443, "http": 80}
LOOPBACK = {"127.0.0.1", "localhost"}
MAX_LENGTH = 500
"""Characters of an id or inbox, as wide as the columns that keep them."""

NEVER = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::1/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
"""Private, shared, mapped, translated and reserved ranges; what Python calls global is not enough."""


class BadAddress(ValueError):
    """Not the absolute address of something on a server we may speak to."""


class Address(NamedTuple):
    """The parts of an address that decide whose it is; ``host`` is the name in the Host rows."""

    scheme: str
    hostname: str
    port: int
    target: str

    @property
    def host(self) -> str:
        """Name and port, without the port that the scheme implies."""
        name = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        return name if self.port == DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, name and port: what two ids must share to be of one authority."""
        return f"{self.scheme}://{self.host}"


@lru_cache(maxsize=4096)
def _parse(url: str) -> Address:
    if (
        len(url) > MAX_LENGTH
        or not url.isascii()
        or any(mark <= " " or mark in '\\"<>^`{|}\x7f' for mark in url)
    ):
        raise BadAddress("An address is at most 500 plain characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("Not an address.") from error
    hostname = (parts.hostname or "").rstrip(".")
    if parts.scheme not in DEFAULT_PORTS or not hostname or "@" in parts.netloc or port == 0:
        raise BadAddress("An address starts with https:// and a host name, without a user.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, hostname, port or DEFAULT_PORTS[parts.scheme], target)


def parse(url: str) -> Address:
    """The parts of an https address, or of an http one on loopback in a demonstration; raises BadAddress."""
    address = _parse(url)
    if address.scheme == "http" and not is_demo_loopback(address):
        raise BadAddress("Only https is spoken here.")
    return address


def is_demo_loopback(address: Address) -> bool:
    """Whether this is http on this machine and the instance is a demonstration that allows it."""
    return (
        bool(settings.FEDERATION_INSECURE_LOOPBACK)
        and address.scheme == "http"
        and address.hostname in LOOPBACK
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address; raises BadAddress."""
    return parse(url).origin


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of one authority; False for what is no address."""
    try:
        return origin(one) == origin(other)
    except BadAddress:
        return False


def is_ours(url: str) -> bool:
    """Whether an address is of this instance, under any spelling of its host; False for what is no address."""
    try:
        address = _parse(url)
    except BadAddress:
        return False
    own = _parse(instance().base_url)
    names = {own.hostname, *(host.lower() for host in settings.ALLOWED_HOSTS if host not in {"*", ""})}
    if own.hostname in LOOPBACK and address.hostname in LOOPBACK | {"::1"}:
        return address.port == own.port
    return address.hostname in names


def parents(host: str) -> list[str]:
    """A host name and everything above it: ``b.a.example:444`` gives itself, b.a.example, a.example, example."""
    names = [host]
    hostname = host if host.endswith("]") else host.rsplit(":", 1)[0]
    if hostname != host:
        names.append(hostname)
    if _is_ip(hostname.strip("[]")):
        return names
    labels = hostname.split(".")
    return names + [".".join(labels[start:]) for start in range(1, len(labels))]


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_global(ip: str) -> bool:
    """Whether a machine's address is of the public internet; mapped and translated ones never are."""
    try:
        address = ipaddress.ip_address(ip.split("%")[0])
    except ValueError:
        return False
    if "%" in ip or address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in NEVER if network.version == address.version)


def may_connect(ip: str, *, hostname: str, plain: bool) -> bool:
    """Whether a connection to this machine is allowed: the public internet, or loopback asked by name in a demo."""
    if settings.FEDERATION_INSECURE_LOOPBACK and plain and hostname in LOOPBACK:
        return ip in {"127.0.0.1", "::1"}
    return is_global(ip)
