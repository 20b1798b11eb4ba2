"""One thing a project lacks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.conf import instance
from core.models import Need
from core.money import minor

CURRENCIES = ("EUR", "MAD")


class NeedForm(forms.Form):
    """A kind, a sentence in French or Arabic at least, and how much or how many."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Need.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What exactly?"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language of this text"), choices=settings.LANGUAGES)
    amount = forms.DecimalField(
        label=_("Amount"),
        help_text=_("For money only."),
        required=False,
        min_value=1,
        max_digits=12,
        decimal_places=2,
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in CURRENCIES], required=False
    )
    quantity = forms.IntegerField(label=_("How many"), required=False, min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"currency": instance().currency, "language": get_language(), "kind": Need.Kind.SKILLS}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Need.Kind.MONEY and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Say how much money is needed."))
        return data

    def fields_of_need(self) -> dict[str, Any]:
        """What the domain needs of a valid form; amounts in minor units."""
        data = self.cleaned_data
        fields: dict[str, Any] = {
            "kind": data["kind"],
            "texts": {data["language"]: " ".join(data["text"].split())},
            "quantity": data["quantity"] if data["kind"] != Need.Kind.MONEY else None,
        }
        if data["kind"] == Need.Kind.MONEY:
            currency = data["currency"] or instance().currency
            fields |= {"amount_minor": minor(Money(data["amount"], currency)), "currency": currency}
        return fields
