"""What guests write to offer things or days of work, and to name themselves on the deed of gift."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.conf import instance
from core.models import BudgetLine
from core.money import CURRENCY_CHOICES, money
from plugins.crowdfunding.domain import days, in_kind
from plugins.crowdfunding.domain.in_kind import Thing
from plugins.crowdfunding.forms.amounts import AmountField
from plugins.crowdfunding.forms.giving import LIMIT_MINOR, KeyedForm, new_key
from plugins.crowdfunding.models import InKindOffer, OfferedThing

FROM_US = {"autocomplete": "off", "dir": "auto"}
MORE = "more"
"""The button that asks for room for another sort of things."""
ELSE = _("Something else that may be of use")


class GiverForm(KeyedForm):
    """Who offers: an address, a name and a town; seen by those who answer alone."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("It gets the answer, nothing else; only those who answer see it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    name = forms.CharField(
        label=_("Your name or that of your group"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    town = forms.CharField(
        label=_("Your town"), required=False, max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    message = forms.CharField(
        label=_("A word to those who answer"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, value in data.items():
            if isinstance(value, str) and name not in ("form_key", "email"):
                data[name] = " ".join(value.split())
        return data


class ThingsForm(GiverForm):
    """Up to eight sorts of things, each with how many, condition and value; the first one is needed."""

    pickup = forms.CharField(
        label=_("Where are the things?"),
        help_text=_("The town is enough for now."),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    currency = forms.ChoiceField(label=_("Values are in"), choices=CURRENCY_CHOICES)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=in_kind.MOST, required=False)

    def __init__(
        self, data: Any, lines: list[BudgetLine], *, line: str = "", initial: dict[str, Any] | None = None
    ) -> None:
        given = str(data.get("rows", "")) if data is not None else ""
        self.count = min(in_kind.MOST, max(1, int(given))) if given.isdecimal() and len(given) < 4 else 1
        start = {"form_key": new_key(), "currency": instance().currency, "line_0": line} | (initial or {})
        if (
            data is not None and data.get("action") == MORE
        ):  # shown again with one row more, nothing judged yet
            self.count = min(in_kind.MOST, self.count + 1)
            start, data = start | data.dict(), None
        super().__init__(data, initial=start | {"rows": self.count})
        self.lines = {one.uid: one for one in lines if one.kind == BudgetLine.Kind.IN_KIND}
        for number in range(self.count):
            self._add_row(number)
        chosen = self.data.get("currency", "")
        for number in range(self.count):
            self.fields[f"value_{number}"].currency = chosen if chosen in dict(CURRENCY_CHOICES) else "EUR"

    def _add_row(self, number: int) -> None:
        first = number == 0
        self.fields[f"what_{number}"] = forms.CharField(
            label=_("What do you offer?"),
            max_length=200,
            required=first,
            widget=forms.TextInput(attrs=FROM_US),
        )
        self.fields[f"quantity_{number}"] = forms.IntegerField(
            label=_("How many"), min_value=1, max_value=1_000_000, required=first
        )
        self.fields[f"condition_{number}"] = forms.ChoiceField(
            label=_("Condition"), choices=OfferedThing.Condition.choices, initial="good", required=first
        )
        self.fields[f"value_{number}"] = AmountField(
            label=_("Estimated value of all together"),
            help_text=_("Customs ask for it. What it would bring if it were sold today."),
            required=False,
        )
        if self.lines:
            self.fields[f"line_{number}"] = forms.ChoiceField(
                label=_("For"),
                choices=[("", ELSE), *((uid, str(one)) for uid, one in self.lines.items())],
                required=False,
            )

    @property
    def groups(self) -> list[list[forms.BoundField]]:
        """The fields of each sort of things."""
        names = ("line", "what", "quantity", "condition", "value")
        return [
            [self[f"{name}_{number}"] for name in names if f"{name}_{number}" in self.fields]
            for number in range(self.count)
        ]

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields that stand once."""
        return [self[name] for name in ("currency", "pickup", "email", "name", "town", "message")]

    @property
    def has_room(self) -> bool:
        return self.count < in_kind.MOST

    def clean(self) -> dict[str, Any]:
        """A row is whole or empty."""
        data = super().clean()
        for number in range(1, self.count):
            what, quantity = data.get(f"what_{number}"), data.get(f"quantity_{number}")
            if what and not quantity and f"quantity_{number}" not in self.errors:
                self.add_error(f"quantity_{number}", _("Say how many."))
            if quantity and not what:
                self.add_error(f"what_{number}", _("Say what it is."))
        for number in range(self.count):
            value = data.get(f"value_{number}")
            if value is not None and value > money(LIMIT_MINOR, value.currency.code):
                self.add_error(
                    f"value_{number}", _("For so large a gift, please write to the organisation first.")
                )
        return data

    @property
    def things(self) -> list[Thing]:
        """What the domain needs of a valid form."""
        data = self.cleaned_data
        found = []
        for number in range(self.count):
            if data.get(f"what_{number}"):
                value = data.get(f"value_{number}")
                found.append(
                    Thing(
                        data[f"what_{number}"],
                        data[f"quantity_{number}"],
                        data[f"condition_{number}"] or OfferedThing.Condition.GOOD,
                        int(value.amount * 100) if value is not None else 0,
                        self.lines.get(data.get(f"line_{number}", "")),
                    )
                )
        return found


class DaysForm(GiverForm):
    """A group or a commune that works so many days, when, for which line."""

    group = forms.CharField(
        label=_("Who would come and work?"),
        help_text=_("A group, an association, a commune: this is shown to everyone. No name of a person."),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    days = forms.IntegerField(
        label=_("Days of work"),
        help_text=_("Five people for two days are ten."),
        min_value=1,
        max_value=days.MOST,
    )
    when = forms.CharField(
        label=_("When"), required=False, max_length=160, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    field_order = ("line", "group", "days", "when", "email", "name", "town", "message")

    def __init__(
        self, data: Any, lines: list[BudgetLine], *, line: str = "", initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"form_key": new_key(), "line": line} | (initial or {}))
        self.lines = {one.uid: one for one in lines if one.kind == BudgetLine.Kind.DAYS}
        if self.lines:
            self.fields["line"] = forms.ChoiceField(
                label=_("For"),
                choices=[("", ELSE), *((uid, str(one)) for uid, one in self.lines.items())],
                required=False,
            )
            self.order_fields(self.field_order)

    @property
    def line(self) -> BudgetLine | None:
        """The line that was chosen."""
        return self.lines.get(self.cleaned_data.get("line", ""))


class DeedForm(forms.Form):
    """How the giver stands on the deed of gift; what is left out is a line to write on by hand."""

    deed_name = forms.CharField(
        label=_("Full name of the giver, or of the organisation that gives"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    deed_address = forms.CharField(
        label=_("Postal address"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address", "dir": "auto"}),
    )
    deed_identity = forms.CharField(
        label=_("Number of identity card, passport or registration"),
        help_text=_("Customs often ask for it. Only you and those who receive see it."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, data: Any, offer: InKindOffer) -> None:
        start = {name: getattr(offer, name) for name in ("deed_name", "deed_address", "deed_identity")}
        start["deed_name"] = start["deed_name"] or offer.name
        super().__init__(data, initial=start)
