"""The hosted page a donor sees: plain forms, one button for each thing that can happen."""

from __future__ import annotations

from html import escape

from tests.crowdfunding.stripe_fake import checkout
from tests.crowdfunding.stripe_fake.cards import AUTHENTICATION, CARDS

IBAN = "DE89370400440532013000"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Checkout (test)</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head><body><main>
<h1>{title}</h1><p dir="auto">{name}</p><p>{amount}</p>{message}{forms}</main></body></html>"""
FORM = """<form method="post" action="/pay/{id}"><input type="hidden" name="number" value="{number}">
<input type="hidden" name="step" value="{step}"><button id="{name}">{label}</button></form>"""


def show(session: dict, message: str = "", number: str = "") -> str:
    """The page; with a number, the bank's question about it."""
    name = escape(session["id"])
    if session["status"] != "open":
        forms = ""
        message = message or "This page is no longer open."
    elif number:
        forms = "".join(
            FORM.format(id=name, number=number, step=step, name=step, label=label)
            for step, label in (("yes", "Complete authentication"), ("no", "Fail authentication"))
        )
    else:
        forms = "".join(_forms(session))
        cancel = escape(session["cancel_url"] or "", quote=True)
        forms += f'<p><a id="cancel" href="{cancel}">Back</a></p>' if cancel else ""
    total = session["amount_total"]
    return PAGE.format(
        name=escape(session["wording"]),
        title="Pay" if session["mode"] == "payment" else "Save a payment method",
        amount="" if total is None else f"{total / 100:.2f} {escape(session['currency']).upper()}",
        message=f'<p role="alert">{escape(message)}</p>' if message else "",
        forms=forms,
    )


def _forms(session: dict):
    if "card" in session["payment_method_types"]:
        for number, card in CARDS.items():
            label = f"Card {number} ({card.label})"
            yield FORM.format(id=session["id"], number=number, step="", name=f"card-{number}", label=label)
    if "sepa_debit" in session["payment_method_types"]:
        label = f"Direct debit {IBAN}"
        yield FORM.format(id=session["id"], number=IBAN, step="", name="debit", label=label)


def answer(fake, id_: str, form: dict | None) -> tuple[int, str, str]:
    """Status, page and where to go next, for a look (``form`` None) or a press of a button."""
    account = fake.owner(id_)
    session = checkout.refresh(account, account.get("checkout.session", id_))
    if form is None:
        return 200, show(session), ""
    number, step = str(form.get("number", "")), form.get("step", "")
    if step == "no":
        return 200, show(session, AUTHENTICATION), ""
    said = checkout.pay(account, session, number, confirmed=step == "yes")
    if said == "confirm":
        return 200, show(session, "Your bank asks you to confirm.", number), ""
    if said:
        return 402, show(session, said), ""
    return 303, "", session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
