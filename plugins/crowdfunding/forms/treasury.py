"""Forms of the treasurer: money that came, money entered at the counter, an entry undone, bank details."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from babel import Locale
from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models import Organisation
from plugins.crowdfunding.domain import banking
from plugins.crowdfunding.forms.amounts import AmountField, typed
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.models import Campaign, CollectorSettings, Payment, Pledge

EARLIEST = timedelta(days=5 * 366)
"""How far back money is entered; before that it is a year typed wrongly, and the ledger never forgets."""
COUNTRIES = ("FR", "MA", "BE", "CH", "DE", "DK", "ES", "GB", "IT", "LU", "NL", "NO", "PT", "SE", "CA", "US")

BY_HAND = [one for one in Pledge.Channel.choices if one[0] in Pledge.OFFLINE]
"""Ways of giving that a person enters; what comes by card is the provider's word."""


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, as browsers pick it."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class ReceiptForm(forms.Form):
    """What came for a promise: how much really, when, by which way."""

    amount = AmountField(label=_("Amount that really came"))
    received_on = day_field(label=_("Day it came"))
    channel = forms.ChoiceField(label=_("How it came"), choices=BY_HAND)
    reference = forms.CharField(
        label=_("Reference of the bank or number of the cheque"),
        required=False,
        max_length=140,
        help_text=_("For your own search; never shown to the public."),
    )

    def __init__(
        self, *args: Any, currency: str, amount: Money | None = None, channel: str = "", **kwargs: Any
    ) -> None:
        way = channel if channel in Pledge.OFFLINE else Pledge.Channel.TRANSFER
        initial = {"received_on": timezone.localdate(), "channel": way}
        if amount is not None:
            initial["amount"] = typed(amount)
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["amount"].currency = currency

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is in the future."))
        if day < timezone.localdate() - EARLIEST:
            raise forms.ValidationError(_("This day is long past: check the year."))
        return day


class CounterForm(KeyedForm, ReceiptForm):
    """A gift that came without a promise: cash at a festival, a cheque, a transfer without code."""

    campaign = forms.ModelChoiceField(label=_("Campaign"), queryset=Campaign.objects.none())
    name = forms.CharField(
        label=_("Donor's name"), required=False, max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    email = forms.EmailField(
        label=_("Donor's e-mail address"),
        required=False,
        max_length=254,
        help_text=_("A confirmation is sent there."),
    )
    anonymous = forms.BooleanField(label=_("Do not show the name"), required=False)
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)
    field_order = ["campaign", "amount", "channel", "received_on", "name", "email", "anonymous", "reference"]

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key()} | (kwargs.get("initial") or {})
        super().__init__(*args, currency="EUR", channel=Pledge.Channel.CASH, **kwargs)
        rows = Campaign.objects.filter(collector=organisation).exclude(state=Campaign.State.DRAFT)
        rows = rows.exclude(hidden=True).order_by("-pk")
        self.fields["campaign"].queryset = rows
        self.fields["campaign"].label_from_instance = lambda campaign: (
            f"{campaign.title} ({campaign.currency})"
        )
        if self.is_bound:
            chosen = str(self.data.get("campaign", ""))
            found = rows.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
            self.fields["amount"].currency = found.currency if found else "EUR"

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class UndoForm(forms.Form):
    """Why a payment is taken out of the accounts."""

    reason = forms.ChoiceField(label=_("Why"), choices=Payment.Reason.choices, widget=forms.RadioSelect)


class CollectorForm(forms.ModelForm):
    """Bank details, each number checked by its own check digits."""

    country = forms.ChoiceField(label=_("Country where the organisation is registered"))
    iban = forms.CharField(
        label="IBAN", required=False, max_length=45, help_text=_("Needed to collect euros.")
    )
    bic = forms.CharField(label="BIC", required=False, max_length=14)
    rib = forms.CharField(
        label=_("Moroccan RIB, 24 digits"),
        required=False,
        max_length=40,
        help_text=_("Needed to collect dirhams."),
    )
    authorised_from = day_field(label=_("Authorised from"), required=False)
    authorised_until = day_field(label=_("Authorised until"), required=False)
    field_order = [
        "account_holder", "country", "iban", "bic", "rib", "authorisation_number", "authorised_from", "authorised_until",
    ]  # fmt: skip

    class Meta:
        model = CollectorSettings
        fields = ["account_holder", "authorisation_number"]
        help_texts = {
            "authorisation_number": _(
                "Organisations registered in Morocco need an authorisation for a public appeal (law 18-18). "
                "Without its number promises are noted and nobody is asked to pay."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = Locale.parse({"zgh": "fr"}.get(get_language() or "fr", get_language() or "fr")).territories
        choices = [(code, names.get(code, code)) for code in COUNTRIES]
        known = self.instance.country
        if known not in COUNTRIES:
            choices.append((known, names.get(known, known)))
        self.fields["country"].choices = choices
        for name in ("country", "authorised_from", "authorised_until"):
            self.fields[name].initial = getattr(self.instance, name)
        for name in ("iban", "bic", "rib"):
            value = getattr(self.instance, name)
            self.fields[name].initial = value if name == "bic" else banking.grouped(value)
            self.fields[name].widget.attrs |= {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
        self.fields["account_holder"].widget.attrs["dir"] = "auto"

    def clean_iban(self) -> str:
        return self._checked(
            "iban", banking.iban, _("This IBAN is not right: one digit or letter is wrong or missing.")
        )

    def clean_rib(self) -> str:
        return self._checked(
            "rib", banking.rib, _("This RIB is not right: 24 digits, of which one is wrong or missing.")
        )

    def clean_bic(self) -> str:
        return self._checked("bic", banking.bic, _("A BIC has 8 or 11 letters and digits."))

    def _checked(self, name: str, check: Any, sentence: Any) -> str:
        value = self.cleaned_data[name]
        try:
            return check(value) if value.strip() else ""
        except ValueError:
            raise forms.ValidationError(sentence) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("iban") and not data.get("rib"):
            self.add_error("iban", _("Give an IBAN, a Moroccan RIB or both."))
        start, end = data.get("authorised_from"), data.get("authorised_until")
        if start and end and end < start:
            self.add_error("authorised_until", _("The end is before the beginning."))
        return data
