"""Forms of the cash book: cash taken, refused or corrected, and what is brought to the bank."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models import Organisation, Project
from plugins.crowdfunding.forms.amounts import AmountField, shown, typed
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.forms.treasury import CounterForm, day_field
from plugins.crowdfunding.models import CashGift, Payment

LONGEST_AGO = timedelta(days=366)
"""A slip of the bank older than this is a year typed wrongly."""


class DeclareForm(CounterForm):
    """Cash somebody gave into one's hand."""

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        del self.fields["channel"], self.fields["reference"]
        self.fields["amount"].label = _("Amount counted")
        self.fields["email"].help_text = _("The receipt is sent there.")


class RefuseForm(forms.Form):
    """Why an entry does not stand."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[one for one in CashGift.Reason.choices if one[0] != CashGift.Reason.AMOUNT],
        widget=forms.RadioSelect,
    )


class CorrectForm(KeyedForm):
    """What was counted really, and on which day it came."""

    amount = AmountField(label=_("Amount counted"))
    received_on = day_field(label=_("Day it came"))
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, gift: CashGift, *args: Any, **kwargs: Any) -> None:
        initial = {"form_key": new_key(), "amount": typed(gift.amount), "received_on": gift.received_on}
        super().__init__(*args, initial=initial, **kwargs)
        self.gift = gift
        self.fields["amount"].currency = gift.currency

    def clean_received_on(self) -> Any:
        return _day(self.cleaned_data["received_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        same = data.get("amount") == self.gift.amount and data.get("received_on") == self.gift.received_on
        if not self.errors and same:
            self.add_error(None, _("This is what stands there already."))
        return data


class SlipForm(KeyedForm):
    """What every deposit says: the day and the number of the bank's slip."""

    deposited_on = day_field(label=_("Day of the deposit"))
    reference = forms.CharField(
        label=_("Number of the slip"),
        required=False,
        max_length=140,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key(), "deposited_on": timezone.localdate()} | (
            kwargs.get("initial") or {}
        )
        super().__init__(*args, **kwargs)

    def clean_deposited_on(self) -> Any:
        return _day(self.cleaned_data["deposited_on"])


class CashSlipForm(SlipForm):
    """Cash brought to the bank: of each project all of it, unless one types less."""

    def __init__(self, box: list[tuple[Project, Money]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.box = {f"part_{project.pk}": (project, there) for project, there in box if there.amount > 0}
        for name, (project, there) in self.box.items():
            self.fields[name] = AmountField(
                label=project.title,
                required=False,
                initial=typed(there),
                help_text=_("%(there)s in the box. Leave empty to bring nothing of it.")
                % {"there": shown(there)},
            )
            self.fields[name].currency = there.currency.code
        self.order_fields([*self.box, "deposited_on", "reference"])

    @property
    def amounts(self) -> dict[Project, Money]:
        """What is brought, by project."""
        data = self.cleaned_data
        return {project: data[name] for name, (project, _there) in self.box.items() if data.get(name)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, (_project, there) in self.box.items():
            amount = data.get(name)
            if amount is not None and amount > there:
                self.add_error(name, _("There is less in the box: %(there)s.") % {"there": shown(there)})
        if not self.errors and not self.amounts:
            self.add_error(None, _("Write how much is brought to the bank."))
        return data


class ChequeSlipForm(SlipForm):
    """Cheques brought to the bank on one slip."""

    cheques = forms.ModelMultipleChoiceField(
        label=_("Cheques"), queryset=Payment.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, rows: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cheques"].queryset = rows
        self.fields["cheques"].label_from_instance = cheque_label
        self.order_fields(["cheques", "deposited_on", "reference"])


def cheque_label(payment: Payment) -> str:
    """A cheque as one recognises it: its number, who wrote it, how much."""
    who = payment.pledge.name or payment.pledge.email or str(_("Without a name"))
    return " · ".join(part for part in (shown(payment.amount), who, payment.reference) if part)


def _day(day: Any) -> Any:
    """A day that was, and not long ago."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("This day is in the future."))
    if day < timezone.localdate() - LONGEST_AGO:
        raise forms.ValidationError(_("This day is long past: check the year."))
    return day
