"""Letters to donors who give by card: the card is stored, the bank refused, money went back or was contested."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from core import dates
from core.money import isolated
from plugins.crowdfunding.domain.letters import DAY, facts, send
from plugins.crowdfunding.models import Payment, Pledge, Refund


def secured(pledge: Pledge, payment: Payment) -> None:
    """The card is stored and nothing is charged before the campaign reaches its minimum."""
    campaign = pledge.campaign
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "label": pledge.mandate.label if pledge.mandate else "",
            "needed": isolated(campaign.needed, pledge.language),
            "day": dates.text(campaign.first_closes_on or campaign.closes_on, DAY),
        }
        send(pledge, "secured", f"secured.{payment.uid}", more)


def refused(pledge: Pledge, payment: Payment) -> None:
    """The bank refused: the link leads to another card or a transfer, within seven days."""
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "action": gettext("Try again"),
            "confirm": payment.failure == "authentication_required",
        }
        send(pledge, "refused", f"refused.{payment.uid}", more)


def given_back(refund: Refund) -> None:
    """Money is on its way back."""
    pledge = refund.payment.pledge
    with translation.override(pledge.language):
        more = facts(pledge) | {
            "back": isolated(refund.amount, pledge.language),
            "reason": str(refund.get_reason_display()),
            "by_hand": refund.by_hand,
        }
        send(pledge, "given_back", f"given_back.{refund.uid}.{refund.attempt}", more)
