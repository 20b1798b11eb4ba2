"""Forms of milestones: a step with its tranche, a witness, a claim, what a witness saw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms.photos import PhotoForm
from core.text import paragraphs
from plugins.crowdfunding.forms.amounts import AmountField, typed
from plugins.crowdfunding.forms.campaigns import PREFERRED, breaks
from plugins.crowdfunding.forms.treasury import day_field
from plugins.crowdfunding.models import Campaign, Milestone

FARTHEST = timedelta(days=5 * 366)


class MilestoneForm(forms.Form):
    """Title and text in each language, the tranche as an amount or a share, the day, how many witnesses."""

    amount = AmountField(label=_("Amount released"), required=False)
    share = forms.IntegerField(
        label=_("Or a share of what was received, in per cent"),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    due_on = day_field(label=_("Planned for"))
    needed = forms.IntegerField(
        label=_("How many witnesses must confirm"),
        min_value=0,
        max_value=12,
        initial=2,
        help_text=_("0 for an advance: it is released as soon as the team asks for it."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, campaign: Campaign, *args: Any, row: Milestone | None = None, **kwargs: Any) -> None:
        if row is not None:
            start: dict[str, Any] = {"share": row.share_percent, "due_on": row.due_on, "needed": row.needed}
            if row.tranche is not None:
                start["amount"] = typed(row.tranche)
            kwargs["initial"] = start | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["amount"].currency = campaign.currency
        self.fields["amount"].label = _("Amount released, in %(currency)s") % {
            "currency": _("dirhams") if campaign.currency == "MAD" else _("euros")
        }
        self._add_texts(row)

    def _add_texts(self, row: Milestone | None) -> None:
        names, fields = dict(settings.LANGUAGES), {}
        for code in sorted(names, key=PREFERRED.index):
            text = row.texts.get(code, {}) if row else {}
            attrs = {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
            fields[f"title_{code}"] = forms.CharField(
                label=_("The step (%(language)s)") % {"language": names[code]},
                required=False,
                max_length=160,
                initial=text.get("title", ""),
                widget=forms.TextInput(attrs=attrs),
            )
            fields[f"text_{code}"] = forms.CharField(
                label=_("What can be seen when it is done (%(language)s)") % {"language": names[code]},
                required=False,
                max_length=5_000,
                initial=breaks(text.get("text", "")),
                widget=forms.Textarea(attrs=attrs | {"rows": 3}),
            )
        self.fields = fields | self.fields

    def clean(self) -> dict[str, Any]:
        """One kind of tranche, and a title in at least one language."""
        data = super().clean() or {}
        if "amount" not in self.errors and "share" not in self.errors:
            if data.get("amount") is None and data.get("share") is None:
                self.add_error("amount", _("Write an amount, or a share below."))
            elif data.get("amount") is not None and data.get("share") is not None:
                self.add_error("share", _("Write either an amount or a share, not both."))
        due = data.get("due_on")
        today = timezone.localdate()
        if due and due < today and (self.row is None or due != self.row.due_on):
            self.add_error("due_on", _("This day is past."))
        elif due and due > today + FARTHEST:
            self.add_error("due_on", _("This day is too far: five years at most."))
        if not any(data.get(f"title_{code}") for code in PREFERRED):
            self.add_error("title_fr", _("Give a title in at least one language."))
        return data

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Titles and texts of the languages that have a title."""
        return {
            code: {
                "title": self.cleaned_data[f"title_{code}"],
                "text": str(paragraphs(self.cleaned_data[f"text_{code}"])),
            }
            for code in PREFERRED
            if self.cleaned_data.get(f"title_{code}")
        }


class WitnessForm(forms.Form):
    """Somebody the donors can trust to look: an elected person, a teacher, a craftsman, a neighbour."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"dir": "auto"}))
    role = forms.CharField(
        label=_("Who this is"),
        required=False,
        max_length=120,
        help_text=_("For example: teacher of the school, president of the commune."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The invitation goes there; nobody sees it here."),
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    language = forms.ChoiceField(label=_("Language of the letters"), choices=settings.LANGUAGES)


class ClaimForm(forms.Form):
    """What the team did."""

    note = forms.CharField(
        label=_("What was done"),
        max_length=1000,
        help_text=_("Everyone can read it; the witnesses look whether it is so."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class WitnessedForm(PhotoForm):
    """Confirmed with a photo, or objected with a reason."""

    verdict = forms.ChoiceField(
        label=_("Is it done?"),
        choices=[("confirms", _("Yes, I have seen it")), ("objects", _("No, something is wrong"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What you saw"),
        required=False,
        max_length=1000,
        help_text=_("If something is wrong, say what. Everyone can read it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    consent = forms.BooleanField(
        label=_("The photo may be shown to everyone; nobody on it minds being seen."), required=False
    )
    field_order = ("verdict", "photo", "consent", "words", "photo_kept")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].label = _("A photo of what you saw (needed to confirm)")
        self.fields["photo"].unmarked = True

    def clean(self) -> dict[str, Any]:
        """A photo that may be shown for a yes, a reason for a no."""
        data = super().clean() or {}
        if data.get("verdict") == "confirms" and "photo" not in self.errors:
            if not self.photo_token:
                self.add_error("photo", _("Add a photo of what you saw: it is what the donors rely on."))
            elif not data.get("consent"):
                self.add_error(
                    "consent", _("The photo is shown to everyone: tick this, or choose another photo.")
                )
        if data.get("verdict") == "objects" and not data.get("words", "").strip():
            self.add_error("words", _("Say what is wrong, so that the team can put it right."))
        return data
