"""Forms of money that goes back: how much and why, the proof of a refund by hand, what was found about an event."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from plugins.crowdfunding.forms.amounts import AmountField, shown, typed
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.forms.treasury import day_field
from plugins.crowdfunding.models import Refund

REASONS = [
    (value, label)
    for value, label in Refund.Reason.choices
    if value in {Refund.Reason.DONOR, Refund.Reason.TWICE, Refund.Reason.OTHER}
]


class RefundForm(KeyedForm):
    """How much goes back, all that is left when nothing else is said, and why."""

    amount = AmountField(label=_("Amount to give back"))
    reason = forms.ChoiceField(label=_("Why"), choices=REASONS, widget=forms.RadioSelect)
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, *args: Any, rest: Money, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key(), "amount": typed(rest)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.rest = rest
        self.fields["amount"].currency = rest.currency.code
        self.fields["amount"].help_text = _("At most %(rest)s.") % {"rest": shown(rest)}

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if amount > self.rest:
            raise forms.ValidationError(_("So much is not left of this gift."))
        return amount


class DoneForm(forms.Form):
    """The day and the proof of money given back by hand."""

    on = day_field(label=_("Day it was given back"))
    reference = forms.CharField(
        label=_("Proof: reference of the transfer or number of the receipt"), max_length=140
    )

    def __init__(self, *args: Any, since: datetime, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": timezone.localdate()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.since = timezone.localdate(since)

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is in the future."))
        if day < self.since:
            raise forms.ValidationError(_("This day is before it was decided to give the money back."))
        return day


class SettleForm(forms.Form):
    """What a person found out about an event."""

    note = forms.CharField(
        label=_("What you found and did"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
