"""Forms of rewards: choosing one with a gift, offering one, saying where to send it, sending several."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from moneyed import Money

from core import dates
from core.models import Organisation
from core.money import money
from plugins.crowdfunding.domain import rewards
from plugins.crowdfunding.forms.amounts import AmountField, shown, typed
from plugins.crowdfunding.forms.texts import TextsForm
from plugins.crowdfunding.models import Campaign, Delivery, Reward

MONTHS = 36
MONTH = "LLLL y"


class RewardChoiceMixin(forms.Form):
    """Mixin of the form of a gift: one of the rewards that are left, or none.

    Call ``add_rewards(campaign, uid)`` after the form's own fields are made, and ``check_reward(amount)`` once the
    amount is known; ``chosen`` is then the reward or None, for ``pledges.pledge(..., reward=form.chosen)``.
    """

    chosen: Reward | None = None

    def add_rewards(self, campaign: Campaign, uid: str = "") -> None:
        """Add the field when the campaign has something to choose; ``uid`` is the one asked for by a link."""
        self.choosable = {reward.uid: reward for reward in rewards.choosable(campaign)}
        # One that was just taken while the form was filled in is refused in words, never left out in silence.
        if not self.choosable and not self.data.get("reward"):
            return
        field = forms.ChoiceField(
            label=_("Your reward"),
            required=False,
            widget=forms.RadioSelect,
            choices=[("", _("No reward: all of it goes to the project"))]
            + [(reward.uid, reward_label(reward)) for reward in self.choosable.values()],
            initial=uid if uid in self.choosable else "",
            error_messages={"invalid_choice": _("The last one was just taken. Choose another one, or none.")},
        )
        self.fields["reward"] = field
        if uid in self.choosable and "other" in self.fields:
            # Who comes by the link of a reward finds its amount filled in, and may write a larger one.
            self.fields["other"].initial = typed(self.choosable[uid].amount)

    def check_reward(self, amount: Money | None) -> None:
        """Set ``chosen``; an error on the field when the amount is below the reward's."""
        found = self.choosable.get(self.cleaned_data.get("reward", ""))
        if found is not None and amount is not None and amount < found.amount:
            self.add_error(
                "reward",
                _("This reward is given from %(amount)s on. Give more, or choose another one.")
                % {"amount": shown(found.amount)},
            )
            return
        self.chosen = found

    def refuse_reward(self, error: ValueError) -> None:
        """Say on the form why the reward could not be claimed: somebody was faster, or the donor has hers."""
        reason = _("The last one was just taken. Choose another one, or none.")
        if isinstance(error, rewards.OnePerDonor):
            reason = _("You already chose this reward as often as one can. Choose another one, or none.")
        elif isinstance(error, rewards.NotOffered):
            reason = _("This reward is no longer offered. Choose another one, or none.")
        self.add_error("reward" if "reward" in self.fields else None, reason)


def reward_label(reward: Reward) -> SafeString:
    """One line to choose: what, from how much, how many are left, when."""
    parts = [_("from %(amount)s") % {"amount": shown(reward.amount)}]
    if reward.left is not None:
        parts.append(ngettext("%(number)d left", "%(number)d left", reward.left) % {"number": reward.left})
    if reward.delivery_on:
        parts.append(dates.text(reward.delivery_on, MONTH))
    return format_html(
        '<span><bdi lang="{}">{}</bdi> · {}</span>',
        reward.shown_language,
        reward.title,
        " · ".join(map(str, parts)),
    )


def months(known: date | None) -> list[tuple[str, Any]]:
    """The next three years, month by month; one that is already chosen stays."""
    today = timezone.localdate()
    first = [today.replace(day=1)]
    while len(first) < MONTHS:
        year, month = divmod(first[-1].month, 12)
        first.append(date(first[-1].year + year, month + 1, 1))
    if known and known not in first:
        first.insert(0, known)
    return [("", _("not known yet"))] + [(day.isoformat(), dates.text(day, MONTH)) for day in first]


class RewardForm(TextsForm):
    """What a reward or a collective return is."""

    title_label = _("What it is (%(language)s)")
    body_label = _("In a few words (%(language)s)")
    body_name = "description"
    title_length = 120
    rows = 3

    kind = forms.ChoiceField(
        label=_("For whom"), choices=Reward.Kind.choices, widget=forms.RadioSelect, initial="individual"
    )
    amount = AmountField(
        label=_("From which amount on"),
        required=False,
        help_text=_("A collective return needs no amount: it is for everybody."),
    )
    stock = forms.IntegerField(
        label=_("How many there are"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Leave empty when there is no limit."),
    )
    per_donor = forms.IntegerField(
        label=_("How many one donor may have"), required=False, min_value=1, max_value=100
    )
    delivery_on = forms.ChoiceField(label=_("When it is expected"), required=False)
    needs_address = forms.BooleanField(
        label=_("It is sent by post"),
        required=False,
        help_text=_("The donor is asked for the address once the gift has arrived, not before."),
    )
    producer = forms.ModelChoiceField(
        label=_("Who makes it"),
        required=False,
        queryset=Organisation.objects.none(),
        help_text=_("A cooperative, for example. Its managers see the parcels of what they make."),
        empty_label=_("nobody in particular"),
    )
    licence = forms.ChoiceField(
        label=_("Licence of a collective return"), required=False, choices=Reward.Licence.choices
    )
    licence_text = forms.CharField(label=_("Which other licence"), required=False, max_length=120)

    def __init__(self, campaign: Campaign, *args: Any, reward: Reward | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = start(reward) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["amount"].currency = campaign.currency
        self.fields["delivery_on"].choices = months(reward.delivery_on if reward else None)
        admitted = Organisation.objects.filter(status=Organisation.Status.ADMITTED)
        self.fields["producer"].queryset = admitted
        rest = dict(self.fields)
        self.fields.clear()
        self.fields["kind"] = rest.pop("kind")
        self.add_texts(reward.texts if reward else {})
        self.fields |= rest

    def clean_delivery_on(self) -> date | None:
        value = self.cleaned_data["delivery_on"]
        return date.fromisoformat(value) if value else None

    def clean(self) -> dict[str, Any]:
        """An amount for a reward, a name for another licence."""
        data = super().clean() or {}
        own = data.get("kind") == Reward.Kind.INDIVIDUAL
        if own and not data.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("From which amount on is it given?"))
        if not own and data.get("licence") == Reward.Licence.OTHER and not data.get("licence_text"):
            self.add_error("licence_text", _("Write the name of the licence."))
        return data

    @property
    def offer(self) -> rewards.Offer:
        """What a valid form says."""
        names = (
            "kind",
            "stock",
            "per_donor",
            "delivery_on",
            "needs_address",
            "licence",
            "licence_text",
            "producer",
        )
        values = {name: self.cleaned_data[name] for name in names}
        amount = self.cleaned_data.get("amount") or money(0, self.campaign.currency)
        return rewards.Offer(texts=self.texts, amount=amount, **values)


def start(reward: Reward | None) -> dict[str, Any]:
    """What the form shows of a reward that is there."""
    if reward is None:
        return {}
    names = ("kind", "stock", "per_donor", "needs_address", "producer", "licence", "licence_text")
    return {name: getattr(reward, name) for name in names} | {
        "amount": typed(reward.amount) if reward.from_minor else "",
        "delivery_on": reward.delivery_on.isoformat() if reward.delivery_on else "",
    }


class AddressForm(forms.Form):
    """Where a parcel goes; two typed fields, and a telephone where carriers call."""

    recipient = forms.CharField(
        label=_("Name on the parcel"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    address = forms.CharField(
        label=_("Postal address, with the country"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address", "dir": "auto"}),
    )
    phone = forms.CharField(
        label=_("Telephone, if the carrier must call"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}),
    )


class ProblemForm(forms.Form):
    """What is wrong with a reward."""

    problem = forms.CharField(
        label=_("What is wrong?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Only those who send the rewards read it. Do not write secrets."),
    )


class SendForm(forms.Form):
    """The carrier, and a parcel number for each of several rewards."""

    carrier = forms.CharField(
        label=_("Carrier"),
        required=False,
        max_length=60,
        help_text=_("The post, a neighbour who travels… Leave empty when it is handed over."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )

    def __init__(self, deliveries: list[Delivery], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in deliveries:
            who = row.recipient or row.pledge.name or row.pledge.email or row.pledge.code
            self.fields[f"number_{row.uid}"] = forms.CharField(
                label=format_html(
                    "{} <bdi>{}</bdi> · <bdi>{}</bdi>", _("Parcel number:"), who, row.reward.title
                ),
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
            )

    @property
    def numbers(self) -> dict[str, str]:
        """Parcel number by delivery."""
        return {
            name.removeprefix("number_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("number_")
        }


class ReturnForm(forms.Form):
    """Where a collective return is found."""

    url = forms.URLField(
        label=_("Address where everybody finds it"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
    )
