"""Forms of money on its way: sent, arrived, come back, spent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms.files import FileForm
from core.models import BudgetLine, Person
from core.money import CURRENCIES, money
from plugins.crowdfunding.domain import spending
from plugins.crowdfunding.forms.amounts import AmountField, shown
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.forms.treasury import EARLIEST, day_field
from plugins.crowdfunding.models import Campaign, Payout, Spending

CURRENCY_WORDS = {"EUR": _("euros"), "MAD": _("dirhams")}


def past_day(day: date, since: date | None = None) -> date:
    """A day money can have moved on: not in the future, not before ``since`` nor long ago."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("This day is in the future."))
    if day < timezone.localdate() - EARLIEST:
        raise forms.ValidationError(_("This day is long past: check the year."))
    if since is not None and day < since:
        raise forms.ValidationError(_("This day is before the money was sent."))
    return day


class PayoutForm(FileForm, KeyedForm):
    """A transfer that left the collector's bank, with the bank's paper."""

    file_required = True

    amount = AmountField(label=_("Amount sent"))
    fee = AmountField(
        label=_("Fee of your bank"),
        required=False,
        help_text=_("Taken from your account on top of the amount. Leave it empty when there is none."),
    )
    sent_on = day_field(label=_("Day it left the account"))
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)
    field_order = ["amount", "fee", "sent_on", "file"]

    def __init__(self, campaign: Campaign, *args: Any, by: Person | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key(), "sent_on": timezone.localdate()}
        super().__init__(*args, by=by, **kwargs)
        self.campaign = campaign
        for name in ("amount", "fee"):
            self.fields[name].currency = campaign.currency
        self.fields["file"].label = _("Proof of the bank: order or statement")
        self.fields["file"].required = self.kept_file is None

    def clean_sent_on(self) -> date:
        return past_day(self.cleaned_data["sent_on"])

    def clean_fee(self) -> Any:
        return self.cleaned_data["fee"] or money(0, self.campaign.currency)


class ArrivalForm(forms.Form):
    """What arrived at the receiver: how much, in which currency, when."""

    currency = forms.ChoiceField(label=_("In which currency it arrived"), choices=())
    amount = AmountField(label=_("Amount that arrived"))
    arrived_on = day_field(label=_("Day it arrived"))

    def __init__(self, payout: Payout, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"currency": "MAD", "arrived_on": timezone.localdate()}
        super().__init__(*args, **kwargs)
        self.payout = payout
        self.fields["currency"].choices = [(code, CURRENCY_WORDS[code]) for code in CURRENCIES]
        chosen = str(self.data.get("currency", "MAD"))
        self.fields["amount"].currency = chosen if chosen in CURRENCIES else "MAD"

    def clean_arrived_on(self) -> date:
        return past_day(self.cleaned_data["arrived_on"], self.payout.sent_on)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount = data.get("amount")
        same = amount is not None and amount.currency.code == self.payout.currency
        if same and amount > self.payout.amount:
            self.add_error("amount", _("More arrived than was sent: check amount and currency."))
        return data


class ReturnForm(forms.Form):
    """The bank sent the money back."""

    on = day_field(label=_("Day it came back"))
    fee_back = forms.BooleanField(label=_("The bank gave its fee back, too"), required=False)

    def __init__(self, payout: Payout, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": timezone.localdate()}
        super().__init__(*args, **kwargs)
        self.payout = payout
        if not payout.fee_minor:
            del self.fields["fee_back"]

    def clean_on(self) -> date:
        return past_day(self.cleaned_data["on"], self.payout.sent_on)


class SpendingForm(FileForm, KeyedForm):
    """An expense with its invoice; the reason is asked only when its line does not allow it."""

    what = forms.CharField(
        label=_("What was bought"),
        max_length=160,
        help_text=_("Everyone reads it in the public ledger, for ever: name things, not persons."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=())
    amount = AmountField(label=_("Amount paid"))
    spent_on = day_field(label=_("Day it was paid"))
    line = forms.ModelChoiceField(
        label=_("Budget line"),
        queryset=BudgetLine.objects.none(),
        required=False,
        empty_label=_("none: this was not planned"),
    )
    where = forms.ChoiceField(
        label=_("Paid"),
        choices=Spending.Where.choices,
        help_text=_("Notes taken out of the bank account for this count as the bank account."),
    )
    supplier = forms.CharField(
        label=_("Supplier"),
        required=False,
        max_length=120,
        help_text=_("For your accounts; never shown to the public."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    over_why = forms.CharField(
        label=_("Why it goes above the budget line"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)
    field_order = ["what", "currency", "amount", "spent_on", "line", "over_why", "where", "supplier", "file"]

    def __init__(
        self,
        campaign: Campaign,
        currencies: Sequence[str],
        *args: Any,
        by: Person | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"form_key": new_key(), "spent_on": timezone.localdate()}
        super().__init__(*args, by=by, **kwargs)
        chosen = str(self.data.get("currency", currencies[0]))
        self.fields["currency"].choices = [(code, CURRENCY_WORDS[code]) for code in currencies]
        self.fields["amount"].currency = chosen if chosen in currencies else currencies[0]
        self.fields["line"].queryset = spending.lines_of(campaign.project)
        self.fields["line"].label_from_instance = lambda line: f"{line} ({shown(line.amount)})"
        self.fields["file"].label = _("Photo of the invoice")
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
            self.initial["currency"] = currencies[0]
        if not self.is_bound:
            del self.fields["over_why"]  # nobody has to read of it before it is needed

    def clean_what(self) -> str:
        return " ".join(self.cleaned_data["what"].split())

    def clean_spent_on(self) -> date:
        return past_day(self.cleaned_data["spent_on"])


class InvoiceForm(FileForm):
    """The invoice of an expense booked without one, or a better photo."""

    file_required = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = self.kept_file is None
