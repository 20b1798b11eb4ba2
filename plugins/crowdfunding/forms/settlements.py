"""Form of what a card provider paid out: of each project all that stands there, unless one types less."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models import Project
from plugins.crowdfunding.forms.amounts import AmountField, shown, typed
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.forms.payouts import past_day
from plugins.crowdfunding.forms.treasury import day_field


class SettlementForm(KeyedForm):
    """An amount per project, a day, and the provider's reference."""

    settled_on = day_field(label=_("Day it came to the bank"))
    reference = forms.CharField(label=_("Reference of the provider"), required=False, max_length=140)
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, there: list[tuple[Project, Money]], *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key(), "settled_on": timezone.localdate()}
        super().__init__(*args, **kwargs)
        self.parts = {
            f"part_{project.pk}_{amount.currency.code}": (project, amount) for project, amount in there
        }
        for name, (project, amount) in self.parts.items():
            self.fields[name] = AmountField(
                label=project.title,
                required=False,
                initial=typed(amount),
                help_text=_("%(there)s stand there. Leave it empty when nothing of it came.")
                % {"there": shown(amount)},
            )
            self.fields[name].currency = amount.currency.code
        self.order_fields([*self.parts, "settled_on", "reference"])

    def clean_settled_on(self) -> date:
        return past_day(self.cleaned_data["settled_on"])

    @property
    def amounts(self) -> list[tuple[Project, Money]]:
        """What came, by project."""
        data = self.cleaned_data
        return [(project, data[name]) for name, (project, _there) in self.parts.items() if data.get(name)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, (_project, there) in self.parts.items():
            amount = data.get(name)
            if amount is not None and amount > there:
                self.add_error(name, _("Less stands there: %(there)s.") % {"there": shown(there)})
        if not self.errors and not self.amounts:
            self.add_error(None, _("Write how much came."))
        return data
