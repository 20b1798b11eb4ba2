"""Sockets that only reach machines we may speak to, and that keep one deadline over all their operations.

The address is checked on the connected peer: a name that resolves to something else at connection time than
at a check before it gains nothing, because there is no check before it.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import httpcore

from plugins.federation.domain import addresses

Resolver = Callable[[str, int], list[str]]
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
LONGEST = 30.0
"""Seconds any single operation may take where nobody set a deadline."""
_lookups = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dns")


class AddressRefused(Exception):
    """The name leads to a machine that we do not speak to."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything within, over any number of connections, ends after so many seconds; nested ones only shorten."""
    token = _deadline.set(min(_deadline.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining(timeout: float | None = None) -> float:
    """Seconds left before the deadline, at most ``timeout``; raises httpcore.TimeoutException when none is left."""
    left = min(_deadline.get() - time.monotonic(), LONGEST)
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left if timeout is None else min(left, timeout)


def system_resolver(hostname: str, port: int) -> list[str]:
    """Addresses of a name, as the machine's own resolver gives them."""
    found = socket.getaddrinfo(hostname, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedStream(httpcore.NetworkStream):
    """A stream whose every operation is bounded by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, remaining(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return GuardedStream(self._stream.start_tls(ssl_context, server_hostname, remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses it has looked up itself, and asks the connected socket where it really ended."""

    def __init__(self, *, plain: bool, resolver: Resolver = system_resolver) -> None:
        self._plain = plain
        self._resolver = resolver
        self._backend = httpcore.SyncBackend()

    def _lookup(self, hostname: str, port: int, timeout: float | None) -> list[str]:
        try:
            return _lookups.submit(self._resolver, hostname, port).result(remaining(timeout))
        except LookupTimeout as error:
            raise httpcore.ConnectTimeout("the name was not found in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no machine has the name {hostname}") from error

    def _check(self, ip: str, hostname: str) -> None:
        if not addresses.may_connect(ip, hostname=hostname, plain=self._plain):
            raise AddressRefused(f"{hostname} is on {ip}, which is not on the public internet")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        hostname = host.strip("[]")
        ips = self._lookup(hostname, port, timeout)
        for ip in ips:
            self._check(ip, hostname)
        error: Exception = httpcore.ConnectError(f"no machine has the name {hostname}")
        for ip in ips[:3]:
            try:
                stream = self._backend.connect_tcp(
                    ip, port, remaining(timeout), local_address, socket_options
                )
            except httpcore.ConnectError as failed:
                error = failed
                continue
            try:
                self._check(str(stream.get_extra_info("server_addr")[0]), hostname)
            except BaseException:
                stream.close()
                raise
            return GuardedStream(stream)
        raise error

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise AddressRefused("no file of this machine is a server")


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


def pool(*, plain: bool, connections: int = 10, resolver: Resolver | None = None) -> httpcore.ConnectionPool:
    """Connections kept alive per host, for http (``plain``, demo only) or https; no proxy of the environment."""
    return httpcore.ConnectionPool(
        ssl_context=_tls(),
        max_connections=connections,
        max_keepalive_connections=connections,
        keepalive_expiry=4,
        network_backend=GuardedBackend(plain=plain, resolver=resolver or system_resolver),
    )
