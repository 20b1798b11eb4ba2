"""Forms of the rules: a declaration of public generosity, a report sent, the period of an export."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plugins.crowdfunding.domain.exports import EXPORTS, LONGEST, Period
from plugins.crowdfunding.forms.payouts import past_day
from plugins.crowdfunding.forms.treasury import day_field


class DeclarationForm(forms.Form):
    """The number the prefecture gave."""

    number = forms.CharField(
        label=_("Number of the declaration"), max_length=60, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    declared_on = day_field(label=_("Declared on"))

    def clean_declared_on(self) -> date:
        return past_day(self.cleaned_data["declared_on"])


class ReportForm(forms.Form):
    """When the report on an authorised appeal was sent."""

    sent_on = day_field(label=_("Sent on"))
    reference = forms.CharField(label=_("Reference of the authority"), max_length=60, required=False)

    def clean_sent_on(self) -> date:
        return past_day(self.cleaned_data["sent_on"])


class ExportForm(forms.Form):
    """Which file, from which day to which."""

    kind = forms.ChoiceField(label=_("What"), choices=(), widget=forms.RadioSelect)
    first = day_field(label=_("From"))
    last = day_field(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"kind": "payments", "first": date(today.year, 1, 1), "last": today}
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, export.label) for kind, export in EXPORTS.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end is before the beginning."))
        elif first and last and last - first > LONGEST:
            self.add_error("first", _("Ten years at most in one file."))
        return data

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
