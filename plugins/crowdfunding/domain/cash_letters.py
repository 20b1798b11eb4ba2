"""Letters to donors who gave cash: their receipt at once, and a word when the entry did not stand."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from core import dates
from core.conf import absolute
from core.domain.mail import post
from core.models import Person
from core.money import isolated
from plugins.crowdfunding.domain import letters
from plugins.crowdfunding.domain.numbers import ltr
from plugins.crowdfunding.models import CashGift


def _facts(gift: CashGift) -> dict[str, object]:
    pledge = gift.pledge
    return letters.facts(pledge) | {
        "received": isolated(gift.amount, pledge.language),
        "day": dates.text(gift.received_on, letters.DAY),
        "number": ltr(gift.receipt_number),
        "corrects": ltr(gift.replaces.receipt_number) if gift.replaces else "",
    }


def declared(gift: CashGift) -> None:
    """Somebody took the money: here is the receipt; a second person confirms it."""
    pledge = gift.pledge
    with translation.override(pledge.language):
        more = _facts(gift) | {
            "url": absolute(reverse("crowdfunding:cash_donor", args=[pledge.token])),
            "action": gettext("Open my receipt"),
        }
        letters.send(pledge, "cash_declared", f"cash_declared.{gift.uid}", more)


def waits(gift: CashGift, person: Person, *, week: str) -> None:
    """A reminder to who may confirm cash that waits; one a week."""
    campaign = gift.pledge.campaign
    with translation.override(person.language):
        more = {
            "url": absolute(reverse("crowdfunding:cash", args=[gift.collector.slug])),
            "action": gettext("Open the cash book"),
            "amount": isolated(gift.amount, person.language),
            "number": ltr(gift.receipt_number),
            "day": dates.text(gift.received_on, letters.DAY),
            "campaign": campaign.title,
        }
    key = f"crowdfunding.cash_waits.{gift.uid}.{person.pk}.{week}"
    post(person.email, f"{letters.FOLDER}/cash_waits", more, language=person.language, key=key)


def refused(gift: CashGift) -> None:
    """The receipt is void, and why."""
    pledge = gift.pledge
    with translation.override(pledge.language):
        more = _facts(gift) | {"reason": str(gift.get_reason_display())}
        letters.send(pledge, "cash_refused", f"cash_refused.{gift.uid}", more)
