"""Who pays what: a share of a commune or programme, and the part of a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models import BudgetLine
from plugins.crowdfunding.domain.shares import Promise
from plugins.crowdfunding.forms.amounts import AmountField, typed
from plugins.crowdfunding.forms.answering import DateInput, DespiteForm
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.models import Share


class ShareForm(DespiteForm, KeyedForm):
    """Who pays how much of one line; decided already when the date of the decision is given."""

    who = forms.CharField(
        label=_("Who pays?"),
        help_text=_("A commune, a council, a programme. Everyone reads it; no name of a person."),
        max_length=160,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    amount = AmountField(label=_("Amount"))
    decided_on = forms.DateField(
        label=_("Decided on"),
        help_text=_("Leave it empty while it is only announced."),
        required=False,
        widget=DateInput(),
    )
    reference = forms.CharField(
        label=_("Reference of the decision"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)
    field_order = ("who", "amount", "decided_on", "reference", "despite")

    def __init__(self, data: Any, line: BudgetLine) -> None:
        super().__init__(data, initial={"form_key": new_key()})
        self.fields["amount"].currency = line.currency
        self.fields["amount"].label = _("Amount, in %(currency)s") % {"currency": named(line.currency)}

    def clean_decided_on(self) -> Any:
        day = self.cleaned_data["decided_on"]
        return past(day) if day else None

    @property
    def promise(self) -> Promise:
        """What the domain needs of a valid form."""
        data = self.cleaned_data
        return Promise(
            " ".join(data["who"].split()),
            data["amount"],
            reference=" ".join(data["reference"].split()),
            decided_on=data["decided_on"],
        )


class AllotmentForm(DespiteForm):
    """What a campaign is to pay of one line; empty means nothing."""

    amount = AmountField(
        label=_("Amount"),
        help_text=_("Gifts fill the lines of a campaign from the top. Leave it empty to take its part away."),
        required=False,
    )
    field_order = ("amount", "despite")

    def __init__(self, data: Any, line: BudgetLine, present: Money | None) -> None:
        super().__init__(data, initial={"amount": typed(present) if present is not None else ""})
        self.fields["amount"].currency = line.currency
        self.fields["amount"].label = _("Amount, in %(currency)s") % {"currency": named(line.currency)}


class DecidedForm(forms.Form):
    """When it was decided, and where that is written."""

    on = forms.DateField(label=_("Decided on"), widget=DateInput())
    reference = forms.CharField(
        label=_("Reference of the decision"),
        help_text=_("For example: deliberation of the council, number and date."),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, data: Any, share: Share) -> None:
        super().__init__(data, initial={"on": timezone.localdate(), "reference": share.reference})

    def clean_on(self) -> Any:
        return past(self.cleaned_data["on"])


class PaidForm(forms.Form):
    """When it was paid."""

    on = forms.DateField(label=_("Paid on"), widget=DateInput())

    def __init__(self, data: Any, share: Share) -> None:
        super().__init__(data, initial={"on": timezone.localdate()})

    def clean_on(self) -> Any:
        return past(self.cleaned_data["on"])


def past(day: Any) -> Any:
    """The day, when it is not still to come."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("This day is still to come."))
    return day


def named(currency: str) -> Any:
    """A currency as a word in a sentence."""
    return _("dirhams") if currency == "MAD" else _("euros")
