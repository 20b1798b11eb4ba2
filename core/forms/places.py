"""A place as people type it: a name with suggestions, and a choice when several bear it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.domain import territories
from core.domain.territories import Match
from core.models import Territory

NOTHING = _(
    "We know no place of this name. Write the name of the commune, in French or in Arabic, without the douar."
)
SEVERAL = _("Several places bear this name: choose one.")
CLOSE = _("We know no place spelt exactly so. Is it one of these?")
LIST_ID = "places"


class PlaceForm(forms.Form):
    """Mixin: ``place`` is typed, ``place_code`` chosen when the name alone does not decide; gives ``territory``."""

    place = forms.CharField(
        label=_("Where?"),
        help_text=_("The commune, or the town abroad, in French or in Arabic."),
        max_length=160,
        widget=forms.TextInput(attrs={"list": LIST_ID, "autocomplete": "off"}),
    )

    @property
    def suggestions(self) -> list[str]:
        """What the datalist offers."""
        return territories.listed()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("place"):
            data["territory"] = self._resolve(data["place"])
        return data

    def _resolve(self, typed: str) -> Territory | None:
        found = territories.find(typed)
        chosen = self.data.get(self.add_prefix("place_code"), "")
        if found.place is not None:
            return found.place
        for place in found.places:
            if place.code == chosen:
                return place
        if found.match is Match.NONE:
            self.add_error("place", NOTHING)
        else:
            self._offer(found)
        return None

    def _offer(self, found: territories.Found) -> None:
        """Add the radio choice below the typed name, with an error that says what it is for."""
        choices = [(place.code, territories.label(place)) for place in found.places]
        self.fields["place_code"] = forms.ChoiceField(
            label=_("Which one?"), choices=choices, required=True, widget=forms.RadioSelect
        )
        names = list(self.fields)
        names.insert(names.index("place") + 1, names.pop(names.index("place_code")))
        self.order_fields(names)
        self.add_error("place_code", CLOSE if found.match is Match.CLOSE else SEVERAL)
