"""One line of a project's budget."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.conf import instance
from core.domain.budgets import Measure
from core.forms.amounts import AmountField, typed
from core.models import BudgetLine
from core.money import CURRENCY_CHOICES

Kind = BudgetLine.Kind


class BudgetLineForm(forms.Form):
    """What the line is for, and an amount of money or a quantity; a line that stands keeps kind and currency."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What is it for?"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language of this text"), choices=settings.LANGUAGES)
    amount = AmountField(label=_("Amount"), help_text=_("For money only."), required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCY_CHOICES, required=False)
    quantity = forms.IntegerField(
        label=_("How many"),
        help_text=_("For things and for days of work."),
        required=False,
        min_value=1,
        max_value=1_000_000,
    )
    unit = forms.CharField(
        label=_("Counted in"),
        help_text=_("For things: pieces, bags, metres…"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, data: Any = None, *, line: BudgetLine | None = None) -> None:
        self.line = line
        language = line.shown_language if line is not None else (get_language() or "fr").split("-")[0]
        initial: dict[str, Any] = {"currency": instance().currency, "language": language, "kind": Kind.MONEY}
        if line is not None:
            initial |= {
                "text": line.texts.get(language, ""),
                "amount": typed(line.amount) if line.amount is not None else "",
                "quantity": line.quantity,
                "unit": line.unit,
            }
        super().__init__(data, initial=initial)
        if line is not None:
            self._keep_to(line)
        if "amount" in self.fields:
            chosen = str(self.data.get("currency", "") if line is None else line.currency)
            self.fields["amount"].currency = (
                chosen if chosen in dict(CURRENCY_CHOICES) else instance().currency
            )

    def _keep_to(self, line: BudgetLine) -> None:
        """Only what can change of a line that stands."""
        spare = {"kind", "currency", "amount", "quantity", "unit"}
        spare -= {"amount"} if line.kind == Kind.MONEY else {"quantity"}
        spare -= {"unit"} if line.kind == Kind.IN_KIND else set()
        for name in spare:
            del self.fields[name]
        for field in self.fields.values():
            if field.help_text in (
                self.base_fields["amount"].help_text,
                self.base_fields["quantity"].help_text,
            ):
                field.help_text = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = self.line.kind if self.line is not None else data.get("kind")
        if kind == Kind.MONEY and data.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Say how much money it is."))
        if kind in (Kind.IN_KIND, Kind.DAYS) and not data.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", _("Say how many."))
        return data

    @property
    def texts(self) -> dict[str, str]:
        """The text under its language."""
        return {self.cleaned_data["language"]: self.cleaned_data["text"]}

    @property
    def measure(self) -> Measure:
        """How much the line is; what belongs to another kind is left aside."""
        data = self.cleaned_data
        kind = self.line.kind if self.line is not None else data["kind"]
        if kind == Kind.MONEY:
            return Measure(amount=data["amount"])
        return Measure(quantity=data["quantity"], unit=data.get("unit", ""))
