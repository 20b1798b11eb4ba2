"""Amounts as facts of the journal: text that stays whole in any sentence and direction."""

from __future__ import annotations

from moneyed import Money

from core.money import text

ISOLATE, END = "\u2068", "\u2069"


def fact(amount: Money) -> str:
    """An amount in western digits between directional isolates: the journal keeps it as it was read."""
    return f"{ISOLATE}{text(amount, 'fr')}{END}"
