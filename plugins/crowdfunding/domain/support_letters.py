"""Letters to who supports regularly: how it goes on, when it stopped, when a card ends."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from core import dates
from core.conf import absolute
from core.domain.mail import post
from core.models import Organisation
from core.money import isolated
from plugins.crowdfunding.domain.banking import grouped
from plugins.crowdfunding.domain.codes import shown
from plugins.crowdfunding.domain.letters import DAY, FOLDER
from plugins.crowdfunding.models import CollectorSettings, Support


def facts(row: Support) -> dict[str, Any]:
    """What every letter about a support says, in the donor's language, JSON-ready."""
    return {
        "url": absolute(row.get_absolute_url()),
        "action": gettext("Open my support"),
        "name": row.name,
        "amount": isolated(row.amount, row.language),
        "interval": str(row.get_interval_display()),
        "campaign": row.campaign.title,
        "collector": str(row.collector),
        "code": shown(row.code),
        "next": dates.text(row.next_on, DAY),
        "by_card": not row.by_standing_order,
        "label": row.mandate.label if row.mandate else "",
    }


def account_facts(row: Support) -> dict[str, Any]:
    """The account of the standing order; empty while collecting is not allowed."""
    account = CollectorSettings.objects.filter(organisation_id=row.collector_id).first()
    if (
        not row.by_standing_order
        or account is None
        or not account.may_collect()
        or not account.takes(row.currency)
    ):
        return {"payable": False}
    rib = row.currency != "EUR" and bool(account.rib)
    return {
        "payable": True,
        "holder": account.account_holder,
        "iban": "" if rib else grouped(account.iban),
        "bic": "" if rib else account.bic,
        "rib": grouped(account.rib) if rib else "",
        "first": dates.text(row.starts_on, DAY),
    }


def may_collect(organisation: Organisation) -> bool:
    """Whether the organisation has an account and may take money today."""
    account = CollectorSettings.objects.filter(organisation=organisation).first()
    return account is not None and account.may_collect()


def made(row: Support) -> None:
    """How the support goes on: the standing order to set up, or the card that is charged."""
    with translation.override(row.language):
        _post(row, "support_made", f"made.{row.uid}", facts(row) | account_facts(row))


def paused(row: Support) -> None:
    """Nothing came for a while: nothing more is asked, one click goes on."""
    with translation.override(row.language):
        _post(row, "support_paused", f"paused.{row.uid}.{timezone.now():%Y%m%d}", facts(row))


def stopped(row: Support) -> None:
    """The campaign is over, and the support with it."""
    with translation.override(row.language):
        url = absolute(reverse("crowdfunding:campaign", args=[row.campaign.slug]))
        more = {"url": url, "action": gettext("See what came of it")}
        _post(row, "support_stopped", f"stopped.{row.uid}", facts(row) | more)


def card_ends(row: Support, *, last: bool) -> None:
    """The stored card ends within a year, or before the payment after next."""
    if row.mandate is None or row.mandate.expires is None:
        return
    with translation.override(row.language):
        more = {"ends": dates.text(row.mandate.expires, "MMMM y"), "last": last}
        key = f"card.{row.uid}.{row.mandate.pk}.{'last' if last else 'year'}"
        _post(row, "support_card", key, facts(row) | more)


def _post(row: Support, template: str, key: str, more: dict[str, Any]) -> None:
    if row.email:
        post(
            row.email, f"{FOLDER}/{template}", more, language=row.language, key=f"crowdfunding.support.{key}"
        )
