"""The fields that say what becomes of the gifts: the kind of a campaign, its minimum, its tolerance, its first round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from plugins.crowdfunding.domain import rules
from plugins.crowdfunding.domain.rules import Terms
from plugins.crowdfunding.forms.amounts import AmountField, shown, typed
from plugins.crowdfunding.forms.treasury import day_field
from plugins.crowdfunding.models import Campaign

Kind = Campaign.Kind
OFFERED: dict[str, tuple[Any, Any]] = {
    Kind.KEEP: (
        _("Every gift is kept"),
        _("What came stays with the project, even if the goal is not reached."),
    ),
    Kind.ALL_OR_NOTHING: (
        _("All or nothing"),
        _(
            "The project gets the money only if the needed sum comes together by the last day; else everything is given back."
        ),
    ),
    Kind.TWO_ROUNDS: (
        _("Two rounds"),
        _(
            "A first round for the minimum, all or nothing; once it is reached, a second round up to the goal that keeps every gift."
        ),
    ),
    Kind.RECURRING: (
        _("Regular support"),
        _("Donors give again each month, every three months or each year. The goal is an amount per month."),
    ),
    Kind.MATCHING: (
        _("A pot that adds to other gifts"),
        _("Givers fill a pot; by your rule it adds to each gift for the campaigns that you choose."),
    ),
}
"""The kinds one can choose: a name and one plain sentence each, in this order."""


def _choice(name: Any, sentence: Any) -> SafeString:
    return format_html("<span><strong>{}</strong><br>{}</span>", name, sentence)


choice_label = lazy(_choice, SafeString)


class KindForm(forms.Form):
    """The kind and what belongs to it; a field that the chosen kind does not use is not looked at."""

    kind = forms.ChoiceField(
        label=_("What becomes of the gifts"),
        choices=[(kind, choice_label(*words)) for kind, words in OFFERED.items()],
        initial=Kind.KEEP,
        widget=forms.RadioSelect,
        help_text=_("It cannot change once the campaign is open."),
    )
    needed = AmountField(
        label=_("Sum that must come together"),
        required=False,
        help_text=_(
            "For all or nothing, left empty: the goal. For two rounds: the minimum of the first round."
        ),
    )
    tolerance_percent = forms.TypedChoiceField(
        label=_("Tolerance"),
        choices=[(number, f"{number} %") for number in range(Campaign.TOLERANCE + 1)],
        coerce=int,
        empty_value=0,
        required=False,
        help_text=_(
            "By how much the needed sum may be missed and still be enough; everyone reads it from the start."
        ),
    )
    first_closes_on = day_field(label=_("Last day of the first round"), required=False)

    campaign: Campaign | None

    def start_kind(self, campaign: Campaign | None) -> None:
        """Fill in what stands, and take away what can no longer change."""
        self.campaign = campaign
        if campaign is None:
            return
        standing: dict[str, object] = {
            "kind": campaign.kind,
            "needed": typed(campaign.needed) if campaign.needed_minor else "",
            "tolerance_percent": campaign.tolerance_percent,
            "first_closes_on": campaign.first_closes_on,
        }
        self.initial = {**self.initial, **standing}
        if campaign.kind not in OFFERED:
            del self.fields["kind"]
        if campaign.state != Campaign.State.DRAFT:
            for name in ("kind", "needed", "tolerance_percent"):
                self.fields.pop(name, None)
            self.fields["first_closes_on"].required = True
        if campaign.state != Campaign.State.DRAFT and not rules.first_round_runs(campaign):
            del self.fields["first_closes_on"]
        if rules.end_is_fixed(campaign):
            for name in ("first_closes_on", "closes_on"):
                self.fields.pop(name, None)

    @property
    def chosen_kind(self) -> str:
        """The kind chosen here, or the campaign's own when it cannot be chosen."""
        kept = self.campaign.kind if self.campaign else Kind.KEEP
        return str(self.cleaned_data.get("kind") or ("" if "kind" in self.fields else kept))

    def last_day(self, data: dict[str, Any]) -> Any:
        """The end typed here, or the campaign's own when it no longer moves."""
        typed_day = data.get("closes_on")
        return typed_day or (self.campaign.closes_on if self.campaign else None)

    def clean_kind_fields(self, data: dict[str, Any]) -> None:
        """What the chosen kind needs: said at the field that misses it."""
        kind, goal = self.chosen_kind, data.get("goal")
        if kind not in Campaign.CONDITIONAL:
            return
        self._clean_needed(kind, goal, data)
        if kind == Kind.TWO_ROUNDS and "first_closes_on" in self.fields:
            self._clean_first_round(data)

    def _clean_needed(self, kind: str, goal: Money | None, data: dict[str, Any]) -> None:
        if "needed" not in self.fields:
            if goal and self.campaign and goal.currency.code == self.campaign.currency:
                self._keep_goal_above(goal, self.campaign.needed)
            return
        needed = data.get("needed")
        if needed is None:
            if kind == Kind.TWO_ROUNDS and "needed" not in self.errors:
                self.add_error("needed", _("Say how much must come together in the first round."))
            return
        if goal and needed > goal:
            self.add_error("needed", _("The sum that must come together is above the goal."))
        elif goal and needed == goal and kind == Kind.TWO_ROUNDS:
            self.add_error("needed", _("The minimum of the first round must be below the goal."))

    def _keep_goal_above(self, goal: Money, needed: Money) -> None:
        if goal < needed:
            self.add_error(
                "goal",
                _("The goal cannot fall below %(needed)s: donors were told so.") % {"needed": shown(needed)},
            )

    def _clean_first_round(self, data: dict[str, Any]) -> None:
        first = data.get("first_closes_on")
        opens = data.get("opens_on") or (self.campaign.opens_on if self.campaign else None)
        last = self.last_day(data)
        before = self.campaign.first_closes_on if self.campaign else None
        if first is None:
            if "first_closes_on" not in self.errors:
                self.add_error("first_closes_on", _("Say when the first round ends."))
        elif opens and first < opens:
            self.add_error("first_closes_on", _("The first round ends before the campaign begins."))
        elif first < timezone.localdate() and first != before:
            self.add_error("first_closes_on", _("This day is past."))
        elif last and last < first + rules.SECOND_ROUND:
            self.add_error(
                "first_closes_on",
                _(
                    "The second round needs ten days at least: end the first one earlier or the campaign later."
                ),
            )

    @property
    def terms(self) -> Terms:
        """The rule as chosen; what cannot be chosen any more is the campaign's own."""
        known = rules.terms_of(self.campaign) if self.campaign else Terms()
        data = self.cleaned_data
        return Terms(
            kind=self.chosen_kind,
            needed=data.get("needed") if "needed" in self.fields else known.needed,
            tolerance_percent=(
                data.get("tolerance_percent") or 0
                if "tolerance_percent" in self.fields
                else known.tolerance_percent
            ),
            first_closes_on=(
                data.get("first_closes_on") if "first_closes_on" in self.fields else known.first_closes_on
            ),
        )
