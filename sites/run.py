"""Runs instances from this checkout: ``python -m sites.run tiznit argenteuil``; ``make demo`` and ``make run``.

Prepares each one (tables, page tree, sample content, static files), then keeps a web process and a worker for
each until Ctrl-C or SIGTERM; when one process ends, all end. ``--fresh`` starts from nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shlex import quote

from honcho.manager import Manager

from core.catalogues import compile_catalogues
from core.settings.base import ROOT, VAR

PORTS = {"tiznit": 8001, "argenteuil": 8002}


class NotPrepared(RuntimeError):
    """A step of a site's preparation failed; the message holds what it printed."""


def var() -> Path:
    """Where instances keep their database, files and mail."""
    return Path(os.environ.get("TIWIZI_VAR", VAR))


def environment(site: str) -> dict[str, str]:
    """The environment of a site's processes."""
    return {**os.environ, "DJANGO_SETTINGS_MODULE": f"sites.{site}.settings", "PYTHONUNBUFFERED": "1"}


def prepare(site: str) -> str:
    """Everything a site needs before it can answer; safe to repeat. Gives the accounts it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare_demo"],
        cwd=ROOT,
        env=environment(site),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotPrepared(f"{site} could not be prepared\n{done.stdout}\n{done.stderr}")
    return done.stdout


def commands(site: str) -> dict[str, str]:
    """The two processes of a site."""
    python = quote(sys.executable)
    granian = f"{python} -m granian --interface wsgi --host 127.0.0.1 --port {port(site)} --no-ws --log-level warning"
    return {
        f"{site}-web": f"exec {granian} --workers 1 --blocking-threads 4 core.wsgi:application",
        f"{site}-work": f"exec {python} manage.py work",
    }


def port(site: str) -> int:
    """Where a site answers on loopback."""
    return int(os.environ.get("PORT") or PORTS[site])


def listens(number: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", number)) == 0


def announce(sites: list[str], accounts: str, began: float) -> None:
    """Say where to look as soon as every site answers."""
    while not all(listens(port(site)) for site in sites):
        time.sleep(0.1)
    lines = [f"  {site:<12} http://127.0.0.1:{port(site)}/" for site in sites]
    print(f"\n{accounts}\nReady after {time.monotonic() - began:.0f} s. Ctrl-C stops everything.")
    print("\n".join(lines), flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Prepare, print where to look, run until told to stop; gives the exit code (0 after Ctrl-C)."""
    parser = argparse.ArgumentParser(prog="python -m sites.run", description=__doc__)
    parser.add_argument("sites", nargs="+", choices=sorted(PORTS))
    parser.add_argument("--fresh", action="store_true", help="remove the sites' data first")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    if options.fresh:
        for site in options.sites:
            shutil.rmtree(var() / site, ignore_errors=True)
    taken = [site for site in options.sites if listens(port(site))]
    if taken:
        print(
            f"Something answers on port {', '.join(str(port(site)) for site in taken)} already: stop it first."
        )
        return 1
    compile_catalogues()
    print(f"Preparing {' and '.join(options.sites)} …", flush=True)
    try:
        with ThreadPoolExecutor() as pool:
            accounts = "".join(pool.map(prepare, options.sites))
    except NotPrepared as failure:
        print(failure, file=sys.stderr)
        return 1
    manager = Manager()
    for site in options.sites:
        for name, command in commands(site).items():
            manager.add_process(name, command, env=environment(site), cwd=str(ROOT))
    threading.Thread(target=announce, args=(options.sites, accounts, began), daemon=True).start()
    manager.loop()
    return 0 if manager.returncode in {None, 0, 130, 143} else int(manager.returncode)


if __name__ == "__main__":
    sys.exit(main())
