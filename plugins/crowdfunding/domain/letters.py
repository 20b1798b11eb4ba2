"""Letters to donors, who often have no account: rows posted in the transaction of what they tell."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from core import dates
from core.conf import absolute
from core.domain.mail import post
from core.money import isolated
from plugins.crowdfunding.domain import rules
from plugins.crowdfunding.domain.banking import grouped
from plugins.crowdfunding.domain.codes import shown
from plugins.crowdfunding.models import CollectorSettings, Payment, Pledge

FOLDER = "crowdfunding/mail"
DAY = "d MMMM y"


def account_of(pledge: Pledge) -> CollectorSettings | None:
    """Where the money goes, or None while it must not be asked for."""
    found = CollectorSettings.objects.filter(organisation_id=pledge.collector_id).first()
    return found if found is not None and found.may_collect() else None


def shut_collectors() -> list[int]:
    """Ids of organisations that may not collect today."""
    return [row.organisation_id for row in CollectorSettings.objects.all() if not row.may_collect()]


def facts(pledge: Pledge) -> dict[str, Any]:
    """What every letter about a pledge says, in the donor's language, JSON-ready."""
    campaign = pledge.campaign
    return {
        "url": absolute(pledge.get_absolute_url()),
        "action": gettext("Open my promise"),
        "name": pledge.name,
        "amount": isolated(pledge.amount, pledge.language),
        "campaign": campaign.title,
        "collector": str(pledge.collector),
        "code": shown(pledge.transfer_code),
        "rule": " ".join(rules.sentences(campaign)) if campaign.is_conditional else "",
    }


def account_facts(pledge: Pledge) -> dict[str, Any]:
    """Account and deadline as a letter shows them; empty while collecting is not allowed."""
    account = account_of(pledge)
    if account is None or not account.takes(pledge.currency):
        return {"payable": False}
    dirhams = pledge.currency != "EUR"
    return {
        "payable": True,
        "holder": account.account_holder,
        "iban": grouped(account.iban) if not (dirhams and account.rib) else "",
        "bic": account.bic if not (dirhams and account.rib) else "",
        "rib": grouped(account.rib) if dirhams and account.rib else "",
        "until": dates.text(pledge.expires_at, DAY),
        "image": absolute(reverse("crowdfunding:pledge_qr", args=[pledge.token])),
    }


def send(pledge: Pledge, template: str, key: str, more: dict[str, Any]) -> None:
    """Post one letter, if the donor left an address."""
    if pledge.email:
        post(pledge.email, f"{FOLDER}/{template}", more, language=pledge.language, key=f"crowdfunding.{key}")


def pledged(pledge: Pledge) -> None:
    """How to pay the promise just made."""
    with translation.override(pledge.language):
        send(pledge, "pledged", f"pledged.{pledge.uid}", facts(pledge) | account_facts(pledge))


def payable(pledge: Pledge) -> None:
    """The collector has its authorisation: a promise that waits can be paid now; its clock starts again."""
    now = timezone.now()
    waiting = Pledge.objects.filter(pk=pledge.pk, state=Pledge.State.PLEDGED)
    if not waiting.update(waiting_since=now, reminders=0):
        return
    pledge.waiting_since = now
    key = f"payable.{pledge.uid}.{now:%Y%m%d}"
    with translation.override(pledge.language):
        send(pledge, "payable", key, facts(pledge) | account_facts(pledge))


def reminder(pledge: Pledge, number: int) -> None:
    """A friendly word after 14 and 30 days."""
    key = f"reminder.{pledge.uid}.{number}.{pledge.waiting_since:%Y%m%d}"
    with translation.override(pledge.language):
        send(pledge, "reminder", key, facts(pledge) | account_facts(pledge))


def received(pledge: Pledge, payment: Payment) -> None:
    """The money came: how much, when, and where to see it in the public ledger."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "action": gettext("See what it does"),
            "received": isolated(payment.amount, pledge.language),
            "day": dates.text(payment.received_on, DAY),
            "project": pledge.campaign.project.title,
        }
        send(pledge, "received", f"received.{payment.uid}", more)


def undone(pledge: Pledge, payment: Payment) -> None:
    """The treasurer took the entry back."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "received": isolated(payment.amount, pledge.language),
            "reason": str(payment.get_reason_display()),
            "waits": pledge.state == Pledge.State.PLEDGED,
        }
        send(pledge, "undone", f"undone.{payment.uid}", more)


def cancelled(pledge: Pledge) -> None:
    """The promise no longer stands."""
    with translation.override(pledge.language):
        over = pledge.campaign.state == "cancelled"
        send(
            pledge,
            "cancelled",
            f"cancelled.{pledge.uid}.{pledge.waiting_since:%Y%m%d}",
            facts(pledge) | {"over": over},
        )


def expired(pledge: Pledge) -> None:
    """Nobody waits for the promise any more."""
    with translation.override(pledge.language):
        send(pledge, "expired", f"expired.{pledge.uid}.{pledge.waiting_since:%Y%m%d}", facts(pledge))


def of_address(email: str) -> QuerySet[Pledge]:
    """Pledges made with an address."""
    return Pledge.objects.filter(email=email).select_related("campaign")
