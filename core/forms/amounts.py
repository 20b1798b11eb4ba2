"""Amounts in forms: typed as people type them, in any digits, never read as something else."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.money import NotAnAmount, isolated, parse

AMBIGUOUS = re.compile(r"[.,٫]\D*[0-9٠-٩]{3,}\D*$")
"""A point or comma before three digits: a thousand to some, a fraction to others."""


class AmountField(forms.CharField):
    """Text that becomes Money in ``currency``, above zero; the form sets the currency before cleaning."""

    currency = "EUR"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Money | None:
        """Money, or None for an empty optional field; a sentence that says how to write it otherwise."""
        typed = super().clean(value)
        if not typed:
            return None
        if AMBIGUOUS.search(typed):
            raise forms.ValidationError(
                _("Write thousands without point or comma, for example 1000 or 1000,50.")
            )
        try:
            amount = parse(typed, self.currency)
        except NotAnAmount:
            raise forms.ValidationError(_("Write the amount in digits, for example 50 or 12,50.")) from None
        if amount.amount <= 0:
            raise forms.ValidationError(_("The amount must be above zero."))
        return amount


def shown(amount: Money) -> str:
    """An amount as the reader sees it, in plain text."""
    return isolated(amount, get_language() or "fr")


def typed(amount: Money) -> str:
    """An amount as one would type it, for a field that is already filled."""
    value = amount.amount
    return f"{value:f}" if value != value.to_integral_value() else f"{int(value)}"
