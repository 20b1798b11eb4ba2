"""Letters about tax receipts, to donors who left an address; the link opens the receipt and nothing else."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from core.conf import absolute
from core.money import isolated
from plugins.crowdfunding.domain import numbers
from plugins.crowdfunding.domain.letters import facts, send
from plugins.crowdfunding.models import Pledge, TaxReceipt

SALT = "crowdfunding.receipt"


class NotOurLink(ValueError):
    """The address of a receipt was not made by us."""


def token(receipt: TaxReceipt) -> str:
    """What the address of a receipt carries: who has it from the letter may read it."""
    return signing.dumps(receipt.uid, salt=SALT)


def of_token(given: str) -> TaxReceipt:
    """The receipt behind a token; raises NotOurLink."""
    try:
        uid = signing.loads(given, salt=SALT)
    except signing.BadSignature:
        raise NotOurLink(given[:80]) from None
    found = TaxReceipt.objects.filter(uid=uid).first()
    if found is None:
        raise NotOurLink(given[:80])
    return found


def _facts(receipt: TaxReceipt, pledge: Pledge) -> dict[str, Any]:
    return facts(pledge) | {
        "url": absolute(reverse("crowdfunding:receipt", args=[token(receipt)])),
        "action": gettext("Open the receipt"),
        "number": numbers.ltr(receipt.label),
        "year": str(receipt.year),
        "receipted": isolated(receipt.amount, pledge.language),
    }


def issued(receipt: TaxReceipt, pledge: Pledge) -> None:
    """The receipt is there; in the place of another one when there was one."""
    with translation.override(pledge.language):
        replaced = numbers.ltr(receipt.replaces.label) if receipt.replaces else ""
        more = _facts(receipt, pledge) | {"replaced": replaced}
        send(pledge, "receipt_issued", f"receipt.{receipt.uid}", more)


def cancelled(receipt: TaxReceipt, pledge: Pledge) -> None:
    """The receipt must no longer be used, and nothing replaces it for now."""
    with translation.override(pledge.language):
        more = _facts(receipt, pledge) | {"reason": str(receipt.get_reason_display())}
        send(pledge, "receipt_cancelled", f"receipt_cancelled.{receipt.uid}", more)
