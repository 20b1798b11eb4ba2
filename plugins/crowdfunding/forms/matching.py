"""Forms of sponsors: the rule of a fund, the campaign it is offered to, what the sponsor paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.conf import instance
from core.money import CURRENCY_CHOICES
from plugins.crowdfunding.domain.sponsors import Terms
from plugins.crowdfunding.forms.amounts import AmountField, typed
from plugins.crowdfunding.forms.giving import KeyedForm, new_key
from plugins.crowdfunding.forms.treasury import ReceiptForm, day_field
from plugins.crowdfunding.models import Campaign, MatchedCampaign, MatchingFund, Pledge

LONGEST = timedelta(days=2 * 366)
RATIOS = [
    (25, _("a quarter of each gift (25 %)")),
    (50, _("half of each gift (50 %)")),
    (100, _("as much as each gift (100 %): it is doubled")),
    (200, _("twice each gift (200 %): it is tripled")),
]


class FundForm(KeyedForm):
    """How much is added to each gift, up to what, from when to when."""

    ratio_percent = forms.TypedChoiceField(
        label=_("What is added"), choices=RATIOS, coerce=int, initial=100, widget=forms.RadioSelect
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCY_CHOICES)
    total = AmountField(label=_("At most in all"))
    gift_cap = AmountField(label=_("At most per gift"), required=False)
    person_cap = AmountField(
        label=_("At most per person"),
        required=False,
        help_text=_("Over all campaigns of this fund. Known by the address, which nobody sees."),
    )
    opens_on = day_field(label=_("First day"))
    closes_on = day_field(
        label=_("Last day"), help_text=_("The day of the promise counts, not the day its money comes.")
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, *args: Any, source: Campaign | None = None, **kwargs: Any) -> None:
        today = timezone.localdate()
        start = {
            "form_key": new_key(),
            "currency": source.currency if source else instance().currency,
            "opens_on": today,
            "closes_on": source.closes_on if source else today + timedelta(days=30),
        }
        if source is not None:
            start["total"] = typed(source.goal)
        kwargs["initial"] = start | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        code = self.data.get("currency") if self.is_bound else None
        known = code if code in dict(CURRENCY_CHOICES) else str(start["currency"])
        if source is not None:
            del self.fields["currency"]
            known = source.currency
        for name in ("total", "gift_cap", "person_cap"):
            self.fields[name].currency = known

    def clean(self) -> dict[str, Any]:
        """Days in order, caps below the whole."""
        data = super().clean() or {}
        first, last = data.get("opens_on"), data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("The last day is before the first."))
        elif last and last < timezone.localdate():
            self.add_error("closes_on", _("This day is past."))
        elif first and last and last - first > LONGEST:
            self.add_error("closes_on", _("A fund lasts two years at most."))
        for name in ("gift_cap", "person_cap"):
            if data.get("total") and data.get(name) and data[name] > data["total"]:
                self.add_error(name, _("This is above the whole."))
        return data

    @property
    def terms(self) -> Terms:
        """The rule of a valid form."""
        names = ("total", "opens_on", "closes_on", "ratio_percent", "gift_cap", "person_cap")
        return Terms(**{name: self.cleaned_data[name] for name in names})


class OfferForm(forms.Form):
    """One of the campaigns that take gifts in the fund's currency."""

    campaign = forms.ModelChoiceField(label=_("Campaign"), queryset=Campaign.objects.none())

    def __init__(self, fund: MatchingFund, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = MatchedCampaign.objects.filter(fund=fund).exclude(state=MatchedCampaign.State.DECLINED)
        rows = Campaign.objects.taking().filter(currency=fund.currency)
        rows = rows.exclude(kind=Campaign.Kind.MATCHING).exclude(pk__in=there.values("campaign"))
        self.fields["campaign"].queryset = rows.select_related("project", "collector").order_by("-pk")
        self.fields["campaign"].label_from_instance = lambda row: f"{row.title} · {row.collector}"


class SettlementForm(KeyedForm, ReceiptForm):
    """What a sponsor paid for the gifts it added to."""

    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, place: MatchedCampaign, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": new_key()} | (kwargs.get("initial") or {})
        super().__init__(*args, currency=place.fund.currency, amount=place.due, **kwargs)
        # Cash is never booked by one person alone: it goes through the cash book.
        ways = [Pledge.Channel.TRANSFER, Pledge.Channel.CHEQUE]
        self.fields["channel"].choices = [(way.value, way.label) for way in ways]
