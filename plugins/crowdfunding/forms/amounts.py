"""Amounts in forms: core's, under the name crowdfunding's forms know."""

from core.forms.amounts import AmountField, shown, typed

__all__ = ["AmountField", "shown", "typed"]
