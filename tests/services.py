"""PostgreSQL and Redis for the tests: started in a temporary folder on a free loopback port, ended afterwards.

A test that needs one fails when the machine has none: it must not pass by not running.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Missing(RuntimeError):
    """A program the tests need is not on this machine."""


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_port(port: int, *, seconds: float = 120, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return once something listens; raises TimeoutError, or RuntimeError when the process ended first."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with {process.returncode} before it listened on {port}")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on 127.0.0.1:{port}")


def end(process: subprocess.Popen[bytes], *, how: int = signal.SIGTERM, seconds: float = 15) -> int:
    """End a process that a test started; kills it when it does not go by itself."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
    return process.returncode


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server; gives its ``redis://`` URL."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server")
    with tempfile.TemporaryDirectory(prefix="tiwizi-redis-") as folder:
        port = free_port()
        options = [
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--dir",
            folder,
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for_port(port, process=process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            end(process)


def postgresql_programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise Missing("PostgreSQL (initdb)")
    return Path(on_path).resolve().parent


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root: an account without rights is taken then."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server without durability; gives the ``postgres://`` URL of an empty database."""
    programs = postgresql_programs()
    as_nobody = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="tiwizi-pg-") as folder:
        if as_nobody:
            os.chown(folder, int(str(as_nobody["user"])), int(str(as_nobody["group"])))
        data, port = Path(folder) / "data", free_port()
        initdb = [programs / "initdb", "-D", data, "-U", "tiwizi", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(
            [*initdb, "--locale=C.UTF-8"], check=True, cwd=folder, stdout=subprocess.DEVNULL, **as_nobody
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": folder,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_nobody,
        )
        try:
            wait_for_port(port, process=process)
            address = ["-h", "127.0.0.1", "-p", str(port), "-U", "tiwizi"]
            subprocess.run([programs / "createdb", *address, "tiwizi"], check=True, cwd=folder)
            yield f"postgres://tiwizi@127.0.0.1:{port}/tiwizi"
        finally:
            end(process, how=signal.SIGINT)  # fast shutdown: connections still open are cut
