"""The form of a pledge: an amount, an address, and whatever else one likes to say."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.money import money
from plugins.crowdfunding.forms.amounts import AmountField, shown
from plugins.crowdfunding.models import Campaign

LIMIT_MINOR = 1_000_000_00
"""Above a million one talks to the organisation first."""


def new_key() -> str:
    """What makes one filled form one pledge: 192 random bits."""
    return secrets.token_urlsafe(24)


class KeyedForm(forms.Form):
    """A form whose hidden key makes it count once."""

    def renew_key(self) -> None:
        """Another key, so that the form shown again can be sent as a new one."""
        self.data = self.data.copy()
        self.data["form_key"] = new_key()


class PledgeForm(KeyedForm):
    """Three typed fields at most: another amount, the e-mail address, a name."""

    choice = forms.ChoiceField(label=_("Your gift"), required=False, widget=forms.RadioSelect)
    other = AmountField(
        label=_("Another amount"),
        required=False,
        help_text=_("What you write here replaces the choice above."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_(
            "It gets the reference code and the news of your gift, nothing else; nobody sees it here."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    name = forms.CharField(
        label=_("Your name, as the list of donors shows it"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    anonymous = forms.BooleanField(label=_("Do not show my name"), required=False)
    message = forms.CharField(
        label=_("A word to the project"),
        required=False,
        max_length=500,
        help_text=_("Shown in the list of donors once the gift is received."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["other"].currency = campaign.currency
        self.fields["other"].label = _("Another amount, in %(currency)s") % {
            "currency": _("dirhams") if campaign.currency == "MAD" else _("euros")
        }
        amounts = [amount for amount in campaign.proposed if amount >= campaign.minimum]
        if amounts:
            choices = [(str(int(amount.amount * 100)), shown(amount)) for amount in amounts]
            self.fields["choice"].choices = choices
            self.fields["choice"].initial = choices[min(1, len(choices) - 1)][0]
        else:
            del self.fields["choice"]
            self.fields["other"].help_text = ""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        """The amount: what was typed, else what was chosen."""
        data = super().clean() or {}
        if "other" in self.errors:
            return data
        amount = data.get("other") or self._chosen(data)
        if amount is None:
            self.add_error("other", _("Choose an amount or write one."))
        elif amount < self.campaign.minimum:
            self.add_error(
                "other", _("The smallest gift is %(minimum)s.") % {"minimum": shown(self.campaign.minimum)}
            )
        elif amount > money(LIMIT_MINOR, self.campaign.currency):
            self.add_error("other", _("For so large a gift, please write to the organisation first."))
        data["amount"] = amount
        return data

    def _chosen(self, data: dict[str, Any]) -> Money | None:
        return money(int(data["choice"]), self.campaign.currency) if data.get("choice") else None
