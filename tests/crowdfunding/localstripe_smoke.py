"""A smoke test against somebody else's idea of Stripe: ``make test-localstripe``.

``localstripe`` (GPL) runs as a process of its own from a temporary environment and is never imported. It has no
Checkout, ignores idempotency keys and knows few parameters, so only what it has is tried: customers, payment methods,
a charge without the donor, its refusal, a refund. Our gateway's client, reading and refund speak to it. Its payment
intents do not say what was received, so the amount of a payment is not compared here (a site would ask a person).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import suppress
from pathlib import Path

PACKAGE = "localstripe>=1.15"
LOOPBACK_ONLY = """import socket
_bind = socket.socket.bind
socket.socket.bind = lambda self, to: _bind(self, ("::1", *to[1:]) if to[0] == "::" else to)
"""
"""The program listens on every address of the machine; this keeps it on loopback."""
KEY = "sk_test_tiznit"


def install(folder: Path) -> Path:
    """The program's own environment; gives its python."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    site = folder / "start"
    site.mkdir()
    (site / "sitecustomize.py").write_text(LOOPBACK_ONLY)
    return python


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket(socket.AF_INET6) as listener:
        listener.bind(("::1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the program listens."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("::1", port), timeout=1):
            return
        time.sleep(0.1)
    sys.exit("localstripe did not start.")


def smoke() -> None:
    """What the program has, asked through our gateway; fails with an AssertionError."""
    import pytest
    import stripe

    from core.money import money
    from plugins.crowdfunding.gateways import base, hosted
    from plugins.crowdfunding.gateways.stripe.library import client

    access = base.Credentials("", KEY, "")
    v1, gateway = client(access).v1, hosted("stripe")

    def charge(number: str, key: str) -> str:
        card = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        customer = v1.customers.create({"email": "donor@tiwizi.example"})
        method = v1.payment_methods.create({"type": "card", "card": card})
        v1.payment_methods.attach(method.id, {"customer": customer.id})
        facts = {"amount": 5000, "currency": "eur", "customer": customer.id, "payment_method": method.id}
        more = {"confirm": True, "off_session": True, "metadata": {"key": key, "way": "charge"}}
        return v1.payment_intents.create({**facts, **more}).id

    paid = gateway.find("", charge("4242424242424242", "p-1"), access)
    assert (paid.status, paid.key) == ("settled", "p-1"), paid
    with pytest.raises(stripe.CardError) as refused:
        charge("4000000000000341", "p-2")
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    order = base.RefundOrder("r-1", paid.reference, money(2000, "EUR"), access)
    back = gateway.refund(order)
    assert (back.status, back.amount, back.payment) == ("done", money(2000, "EUR"), paid.reference), back
    assert gateway.find_refund(back.reference, access).status == "done"
    with pytest.raises(base.Unknown):
        gateway.find("", "pi_nothing", access)
    print("localstripe: charged, refused, given back in part, found again; unknown is unknown.")


def main() -> None:
    """Install, start, try, end."""
    with tempfile.TemporaryDirectory(prefix="localstripe-") as name:
        folder = Path(name)
        python, port = install(folder), free_port()
        environment = {**os.environ, "PYTHONPATH": str(folder / "start"), "HOME": name}
        process = subprocess.Popen(
            [python, "-m", "localstripe", "--port", str(port), "--from-scratch"],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port, process)
            os.environ["STRIPE_API_BASE"] = f"http://[::1]:{port}"
            os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
            import django

            django.setup()
            smoke()
        finally:
            process.terminate()
            process.wait(timeout=20)


if __name__ == "__main__":
    main()
