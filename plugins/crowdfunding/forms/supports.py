"""The form of a regular support: an amount and its rhythm, then as for any gift."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from plugins.crowdfunding.forms.amounts import AmountField, shown, typed
from plugins.crowdfunding.forms.giving import PledgeForm, SettledChoice
from plugins.crowdfunding.models import Campaign, Support

WAYS = {
    "card": _("by card: it is charged each time by itself"),
    "debit": _("by direct debit from a bank account (SEPA)"),
    "transfer": _("by a standing order that you set up at your bank"),
}


class RhythmChoice(SettledChoice):
    """How often; a form that does not say means every month."""

    fallback = Support.Interval.MONTH.value


class SupportForm(PledgeForm):
    """An amount, how often, by which way, and an address."""

    interval = RhythmChoice(label=_("How often"), choices=Support.Interval.choices)
    field_order = ["choice", "other", "interval", "channel", "email", "name", "anonymous", "message"]

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(campaign, *args, **kwargs)
        self.order_fields(self.field_order)
        if "choice" in self.fields:
            self.fields["choice"].label = _("What you give each time")
        self.fields["email"].help_text = _(
            "It gets the link with which you change, pause or stop; nobody sees it here."
        )
        self.fields["message"].help_text = ""
        if "channel" in self.fields:
            self.fields["channel"].choices = [(way, WAYS[way]) for way in self.ways]


class AmountForm(forms.Form):
    """Another amount from the next time on."""

    amount = AmountField(label=_("New amount"))

    def __init__(self, row: Support, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"amount": typed(row.amount)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.minimum = row.campaign.minimum
        self.fields["amount"].currency = row.currency
        self.fields["amount"].label = _("New amount, in %(currency)s") % {
            "currency": _("dirhams") if row.currency == "MAD" else _("euros")
        }

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if amount < self.minimum:
            raise forms.ValidationError(
                _("The smallest gift is %(minimum)s.") % {"minimum": shown(self.minimum)}
            )
        return amount
