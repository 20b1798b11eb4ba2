"""Checkout sessions: made by the site, finished by a donor on the hosted page."""

from __future__ import annotations

import time

from tests.crowdfunding.stripe_fake import customers, intents
from tests.crowdfunding.stripe_fake.cards import DECLINED, behaviour
from tests.crowdfunding.stripe_fake.encoding import integer, only
from tests.crowdfunding.stripe_fake.errors import ApiError, impossible, invalid

KNOWN = (
    "mode line_items success_url cancel_url customer customer_email customer_creation client_reference_id locale "
    "currency metadata payment_intent_data setup_intent_data allowed_payment_method_types expires_at submit_type "
    "adaptive_pricing payment_method_options custom_text ui_mode"
)
LOCALES = [
    "auto",
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "en-GB",
    "es",
    "es-419",
    "et",
    "fi",
    "fil",
    "fr",
    "fr-CA",
    "hi-IN",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "ms",
    "mt",
    "nb",
    "nl",
    "pl",
    "pt",
    "pt-BR",
    "ro",
    "ru",
    "sk",
    "sl",
    "sv",
    "th",
    "tr",
    "vi",
    "zh",
    "zh-HK",
    "zh-TW",
]
DAY = 86_400


def create(account, params: dict) -> dict:
    """POST /v1/checkout/sessions."""
    only(params, KNOWN)
    mode = params.get("mode")
    if mode not in ("payment", "setup"):
        raise invalid("Invalid mode.", "mode", "parameter_invalid")
    if not str(params.get("success_url", "")).startswith(("http://", "https://")):
        raise invalid("Not a valid URL", "success_url", "url_invalid")
    if params.get("locale", "auto") not in LOCALES:
        raise invalid(f"Invalid locale: must be one of {', '.join(LOCALES)}", "locale")
    if params.get("customer") and params.get("customer_email"):
        raise invalid("You may only specify one of these: customer, customer_email.", "customer_email")
    amount, currency = (
        _price(params) if mode == "payment" else (None, str(params.get("currency", "")).lower())
    )
    session = account.make(
        "checkout.session", mode=mode, status="open", amount_total=amount, currency=currency,
        payment_status="unpaid" if mode == "payment" else "no_payment_required", payment_intent=None,
        setup_intent=None, customer=params.get("customer"), customer_email=params.get("customer_email"),
        metadata=params.get("metadata") or {}, client_reference_id=params.get("client_reference_id"),
        success_url=params["success_url"], cancel_url=params.get("cancel_url"), locale=params.get("locale"),
        expires_at=_expiry(params), payment_method_types=_methods(params, currency),
    )  # fmt: skip
    session["wording"] = _wording(params)
    session["url"] = f"{account.fake.public_url}/pay/{session['id']}"
    account.hidden[session["id"]] = params
    if mode == "setup":
        inner = params.get("setup_intent_data", {}).get("metadata") or {}
        session["setup_intent"] = _setup_intent(account, session, inner)["id"]
    return session


def _price(params: dict) -> tuple[int, str]:
    """The sum of the lines, each with its own price."""
    lines = params.get("line_items") or []
    if not lines:
        raise invalid("`line_items` is required in payment mode.", "line_items", "parameter_missing")
    total, currency = 0, ""
    for line in lines:
        price = line.get("price_data", {})
        if not price.get("product_data", {}).get("name"):
            raise invalid("Missing required param: product_data[name].", "line_items", "parameter_missing")
        unit, currency = intents.checked_amount({**price, "amount": price.get("unit_amount", "")})
        total += unit * integer({"quantity": "1", **line}, "quantity")
    return total, currency


def _wording(params: dict) -> str:
    """What the page says it is for."""
    lines = params.get("line_items") or []
    return ", ".join(line["price_data"]["product_data"]["name"] for line in lines)


def _expiry(params: dict) -> int:
    wanted = integer(params, "expires_at", required=False)
    now = int(time.time())
    if wanted is not None and not now + 1790 <= wanted <= now + DAY + 10:
        raise invalid("The `expires_at` must be 30 minutes to 24 hours from creation.", "expires_at")
    return wanted or now + DAY


def _methods(params: dict, currency: str) -> list[str]:
    """What can be used: silently filtered, as dynamic payment methods are; none left is an error."""
    possible = ["card", "sepa_debit"] if currency == "eur" else ["card"]
    found = [kind for kind in params.get("allowed_payment_method_types") or possible if kind in possible]
    if not found:
        raise invalid(
            "No valid payment method types for this Checkout Session.", code="no_valid_payment_methods"
        )
    return found


def _setup_intent(account, session: dict, metadata: dict) -> dict:
    return account.make(
        "setup_intent", status="requires_payment_method", customer=session["customer"], payment_method=None,
        usage="off_session", metadata=metadata, last_setup_error=None, mandate=None,
    )  # fmt: skip


def expire(account, params: dict, id_: str) -> dict:
    """POST /v1/checkout/sessions/{id}/expire."""
    only(params, "")
    session = account.get("checkout.session", id_, "session")
    refresh(account, session)
    if session["status"] != "open":
        message = f"Only Checkout Sessions with a status in ['open'] can be expired. This one is {session['status']}."
        raise impossible(message, "checkout_session_unexpected_state")
    _end(account, session)
    return session


def _end(account, session: dict) -> None:
    session["status"], session["url"] = "expired", None
    if session["payment_intent"]:
        intent = account.objects[session["payment_intent"]]
        intent["status"] = "canceled"
        account.tell("payment_intent.canceled", intent)
    account.tell("checkout.session.expired", session)


def refresh(account, session: dict) -> dict:
    """A session nobody finished ends by itself."""
    if session["status"] == "open" and session["expires_at"] <= time.time():
        _end(account, session)
    return session


def pay(account, session: dict, number: str, *, confirmed: bool = False) -> str:
    """The donor sends the form: "" when done, "confirm" when the bank asks, else the sentence to show."""
    if refresh(account, session)["status"] != "open":
        return "This page is no longer open."
    kind = "card" if number.isdigit() else "sepa_debit"
    if kind not in session["payment_method_types"]:
        return "This payment method cannot be used here."
    make = customers.make_card if kind == "card" else customers.make_debit
    method = make(account, number, session["customer_email"])
    if behaviour(account, method).asks and not confirmed:
        return "confirm"
    try:
        (_pay if session["mode"] == "payment" else _store)(account, session, method)
    except ApiError as error:
        return error.body["error"]["message"]
    return ""


def _pay(account, session: dict, method: dict) -> None:
    if session["payment_intent"] is None:
        data = account.hidden[session["id"]].get("payment_intent_data") or {}
        made = intents.make(
            account, session["amount_total"], session["currency"], metadata=data.get("metadata") or {},
            description=data.get("description"),
        )  # fmt: skip
        session["payment_intent"] = made["id"]
    intent = account.objects[session["payment_intent"]]
    intents.confirm(account, intent, method, present=True)
    session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    _complete(account, session)


def _store(account, session: dict, method: dict) -> None:
    intent = account.objects[session["setup_intent"]]
    if behaviour(account, method).page:
        intent["last_setup_error"] = {"type": "card_error", "code": "card_declined", "message": DECLINED}
        account.tell("setup_intent.setup_failed", intent)
        raise impossible(DECLINED, "card_declined")
    if session["customer"] is None and account.hidden[session["id"]].get("customer_creation") == "always":
        session["customer"] = customers.make_customer(account, session["customer_email"])["id"]
    intent.update(status="succeeded", payment_method=method["id"], customer=session["customer"])
    if session["customer"]:
        customers.bind(account, method, session["customer"])
    account.tell("setup_intent.succeeded", intent)
    _complete(account, session)


def _complete(account, session: dict) -> None:
    session["status"], session["url"] = "complete", None
    account.tell("checkout.session.completed", session)
