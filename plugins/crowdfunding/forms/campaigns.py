"""The form of a campaign, for who answers for the project or the collection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.conf import instance
from core.models import Membership, Organisation, Person, Project
from core.money import CURRENCY_CHOICES
from core.text import paragraphs, plain
from plugins.crowdfunding.forms.amounts import AmountField, typed
from plugins.crowdfunding.forms.kinds import KindForm
from plugins.crowdfunding.forms.treasury import day_field
from plugins.crowdfunding.models import Campaign

LONGEST = timedelta(days=366)
LONGEST_REGULAR = timedelta(days=10 * 366)
"""Regular support goes on for years."""
PREFERRED = ("fr", "ar", "en", "zgh")


def breaks(story: str) -> str:
    """Washed HTML back to typed text, a blank line between paragraphs."""
    return "\n\n".join(plain(block) for block in story.replace("<br>", "\n").split("</p>") if plain(block))


class CampaignForm(KindForm):
    """Kind, goal, dates, who collects, who receives, and the texts in each language of the instance."""

    field_order = (
        "currency", "goal", "kind", "needed", "tolerance_percent", "opens_on", "first_closes_on", "closes_on",
        "minimum", "collector", "receiver",
    )  # fmt: skip

    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCY_CHOICES)
    goal = AmountField(label=_("Goal"))
    minimum = AmountField(label=_("Smallest gift"))
    opens_on = day_field(label=_("First day"))
    closes_on = day_field(label=_("Last day"))
    collector = forms.ModelChoiceField(
        label=_("Organisation that collects, on its own account"), queryset=Organisation.objects.none()
    )
    receiver = forms.ModelChoiceField(
        label=_("Organisation that receives the money in the end"), queryset=Organisation.objects.none()
    )

    def __init__(
        self, *args: Any, project: Project, person: Person, campaign: Campaign | None = None, **kw: Any
    ) -> None:
        kw["initial"] = self._start(project, campaign) | (kw.get("initial") or {})
        super().__init__(*args, **kw)
        self.start_kind(campaign)
        admitted = Organisation.objects.filter(status=Organisation.Status.ADMITTED)
        mine = Q(memberships__person=person, memberships__until=None, memberships__role__in=self._roles())
        own = Q(pk=project.owner_id)
        self.fields["collector"].queryset = admitted.filter(own | mine).distinct()
        self.fields["receiver"].queryset = admitted
        if campaign is not None:
            for name in ("opens_on", "collector", "receiver"):
                del self.fields[name]
        self._add_texts(campaign)
        code = self.data.get("currency") if self.is_bound else None
        for name in {"goal", "minimum", "needed"} & set(self.fields):
            self.fields[name].currency = code if code in dict(CURRENCY_CHOICES) else "EUR"

    @staticmethod
    def _roles() -> list[str]:
        return [Membership.Role.MANAGER, Membership.Role.AGENT, Membership.Role.TREASURER]

    @staticmethod
    def _start(project: Project, campaign: Campaign | None) -> dict[str, Any]:
        if campaign is not None:
            return {
                "currency": campaign.currency,
                "goal": typed(campaign.goal),
                "minimum": typed(campaign.minimum),
                "closes_on": campaign.closes_on,
            }
        today = timezone.localdate()
        return {
            "currency": instance().currency,
            "minimum": "1" if instance().currency == "EUR" else "10",
            "opens_on": today,
            "closes_on": today + timedelta(days=60),
            "collector": project.owner_id,
            "receiver": project.owner_id,
        }

    def _add_texts(self, campaign: Campaign | None) -> None:
        names = dict(settings.LANGUAGES)
        for code in sorted(names, key=PREFERRED.index):
            text = campaign.texts.get(code, {}) if campaign else {}
            attrs = {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": names[code]},
                required=False,
                max_length=160,
                initial=text.get("title", ""),
                widget=forms.TextInput(attrs=attrs),
            )
            self.fields[f"story_{code}"] = forms.CharField(
                label=_("What the money is for (%(language)s)") % {"language": names[code]},
                required=False,
                max_length=20_000,
                initial=breaks(text.get("story", "")),
                widget=forms.Textarea(attrs=attrs | {"rows": 6}),
            )

    def clean(self) -> dict[str, Any]:
        """Dates in order, what the kind needs, and a title in at least one language."""
        data = super().clean() or {}
        first = data.get("opens_on") or (self.campaign.opens_on if self.campaign else None)
        last = data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("The last day is before the first."))
        elif first and last and last - first > LONGEST and self.chosen_kind != Campaign.Kind.RECURRING:
            self.add_error("closes_on", _("A campaign lasts a year at most."))
        elif first and last and last - first > LONGEST_REGULAR:
            self.add_error("closes_on", _("Regular support lasts ten years at most."))
        elif (
            last
            and last < timezone.localdate()
            and (self.campaign is None or last != self.campaign.closes_on)
        ):
            self.add_error("closes_on", _("This day is past."))
        if data.get("goal") and data.get("minimum") and data["minimum"] > data["goal"]:
            self.add_error("minimum", _("The smallest gift is above the goal."))
        self.clean_kind_fields(data)
        if not any(data.get(f"title_{code}") for code in PREFERRED):
            self.add_error("title_fr", _("Give a title in at least one language."))
        return data

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Titles and stories of the languages that have a title."""
        return {
            code: {
                "title": self.cleaned_data[f"title_{code}"],
                "story": str(paragraphs(self.cleaned_data[f"story_{code}"])),
            }
            for code in PREFERRED
            if self.cleaned_data.get(f"title_{code}")
        }
