"""The form of a pledge: an amount, an address, and whatever else one likes to say."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.money import money
from plugins.crowdfunding.forms.amounts import AmountField, shown
from plugins.crowdfunding.forms.rewards import RewardChoiceMixin
from plugins.crowdfunding.models import Campaign, Pledge

MORE = ("anonymous", "message")
LISTED = 50
WAYS = {
    "card": _("by card, now"),
    "debit": _("by direct debit from a bank account (SEPA)"),
    "transfer": _("by bank transfer, which you make yourself"),
}
LIMIT_MINOR = 1_000_000_00
"""Above a million one talks to the organisation first."""


def new_key() -> str:
    """What makes one filled form one pledge: 192 random bits."""
    return secrets.token_urlsafe(24)


class KeyedForm(forms.Form):
    """A form whose hidden key makes it count once."""

    def renew_key(self) -> None:
        """Another key, so that the form shown again can be sent as a new one."""
        self.data = self.data.copy()
        self.data["form_key"] = new_key()


class SettledChoice(forms.ChoiceField):
    """A choice that is always made: what a form does not send is ``fallback``."""

    widget = forms.RadioSelect
    fallback: str = Pledge.IfFails.RETURN.value

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.fallback)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The choice, or the fallback."""
        return str(super().clean(value or self.fallback))


@dataclass(frozen=True)
class Part:
    """Some fields of a form, as ``core/fields.html`` takes a form; ``whole`` says the errors of all of it."""

    form: forms.Form
    names: tuple[str, ...]
    whole: bool = False

    def __iter__(self) -> Iterator[forms.BoundField]:
        return iter(self.form)

    @property
    def errors(self) -> Any:
        return self.form.errors if self.whole else {}

    @property
    def non_field_errors(self) -> Any:
        return self.form.non_field_errors()

    @property
    def hidden_fields(self) -> list[forms.BoundField]:
        return self.form.hidden_fields() if self.whole else []

    @property
    def visible_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form.visible_fields() if field.name in self.names]


class PledgeForm(RewardChoiceMixin, KeyedForm):
    """Three typed fields at most: another amount, the e-mail address, a name."""

    choice = forms.ChoiceField(label=_("Your gift"), required=False, widget=forms.RadioSelect)
    other = AmountField(
        label=_("Another amount"),
        required=False,
        help_text=_("What you write here replaces the choice above."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("It gets the link to your gift and its news, nothing else; nobody sees it here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    name = forms.CharField(
        label=_("Your name, as the list of donors shows it"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    anonymous = forms.BooleanField(label=_("Do not show my name"), required=False)
    message = forms.CharField(
        label=_("A word to the project"),
        required=False,
        max_length=500,
        help_text=_("Shown in the list of donors once the gift is received."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    channel = SettledChoice(label=_("Way of giving"))
    if_fails = SettledChoice(
        label=_("If the campaign does not reach its minimum"),
        choices=Pledge.IfFails.choices,
        help_text=_("For money that came by transfer, cheque or cash; a card is simply never charged."),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)
    field_order = [
        "choice",
        "other",
        "reward",
        "channel",
        "email",
        "name",
        "if_fails",
        "anonymous",
        "message",
    ]

    def __init__(
        self, campaign: Campaign, *args: Any, ways: Sequence[str] = (), reward: str = "", **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"form_key": new_key()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.ways = tuple(ways) or (Pledge.Channel.TRANSFER.value,)
        if len(self.ways) > 1:
            transfer = Pledge.Channel.TRANSFER.value
            self.fields["channel"].choices = [(way, WAYS[way]) for way in self.ways]
            self.fields["channel"].initial = self.ways[0]
            self.fields["channel"].fallback = transfer if transfer in self.ways else self.ways[0]
        else:
            del self.fields["channel"]
        if not campaign.is_conditional:
            del self.fields["if_fails"]
        self.fields["other"].currency = campaign.currency
        currency = {"currency": _("dirhams") if campaign.currency == "MAD" else _("euros")}
        self.fields["other"].label = _("Another amount, in %(currency)s") % currency
        amounts = [amount for amount in campaign.proposed if amount >= campaign.minimum]
        if amounts:
            choices = [(str(int(amount.amount * 100)), shown(amount)) for amount in amounts]
            self.fields["choice"].choices = choices
            self.fields["choice"].initial = choices[min(1, len(choices) - 1)][0]
            self.fields["choice"].unmarked = True
        else:
            del self.fields["choice"]
            self.fields["other"].label = _("Amount, in %(currency)s") % currency
            self.fields["other"].help_text = ""
            self.fields["other"].required = True
        self.add_rewards(campaign, reward)
        self.order_fields(self.field_order)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        """The amount: what was typed, else what was chosen."""
        data = super().clean() or {}
        if "other" in self.errors:
            return data
        amount = data.get("other") or self._chosen(data)
        if amount is None:
            self.add_error("other", _("Choose an amount or write one."))
        elif amount < self.campaign.minimum:
            self.add_error(
                "other", _("The smallest gift is %(minimum)s.") % {"minimum": shown(self.campaign.minimum)}
            )
        elif amount > money(LIMIT_MINOR, self.campaign.currency):
            self.add_error("other", _("For so large a gift, please write to the organisation first."))
        data["amount"] = amount
        self.check_reward(amount)
        return data

    @property
    def way(self) -> str:
        """The chosen way of giving, or the only one; once the form is valid."""
        return str(self.cleaned_data.get("channel") or self.ways[0])

    @property
    def main(self) -> Part:
        """What everyone fills in: the amount, the way, the address and the name."""
        return Part(self, tuple(name for name in self.fields if name not in MORE), whole=True)

    @property
    def folded(self) -> Part:
        """What stays folded until somebody wants it."""
        return Part(self, MORE)

    @property
    def unfolded(self) -> bool:
        """Whether the folded part is open at once: something in it was filled in or is wrong."""
        return self.is_bound and any(self.data.get(name) or self[name].errors for name in MORE)

    def _chosen(self, data: dict[str, Any]) -> Money | None:
        return money(int(data["choice"]), self.campaign.currency) if data.get("choice") else None


class MoveForm(forms.Form):
    """Which campaign a gift is for instead."""

    campaign = forms.ChoiceField(label=_("Give it to"), widget=forms.RadioSelect)

    def __init__(self, rows: Iterable[Campaign], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {row.slug: row for row in list(rows)[:LISTED]}
        self.choices = [(slug, row.title) for slug, row in self.rows.items()]
        self.fields["campaign"].choices = self.choices

    @property
    def chosen(self) -> Campaign:
        """The campaign, once the form is valid."""
        return self.rows[self.cleaned_data["campaign"]]


class LinksForm(forms.Form):
    """The address somebody gave with."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()
