"""A title and a text in each language of the instance, at least one of them filled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models.languages import direction, order
from core.text import as_typed, paragraphs


class TextsForm(forms.Form):
    """Mixin of forms with ``title_<language>`` and ``body_<language>``; the writer's language comes first."""

    title_label = _("Title (%(language)s)")
    body_label = _("Text (%(language)s)")
    body_name = "body"
    title_length = 160
    rows = 6

    def add_texts(self, known: dict[str, dict[str, str]]) -> None:
        """Add the fields, filled with texts that are there."""
        names = dict(settings.LANGUAGES)
        self.codes = [code for code in order(get_language()) if code in names]
        for code in self.codes:
            text = known.get(code, {})
            attrs = {"lang": code, "dir": direction(code)}
            self.fields[f"title_{code}"] = forms.CharField(
                label=self.title_label % {"language": names[code]},
                required=False,
                max_length=self.title_length,
                initial=text.get("title", ""),
                widget=forms.TextInput(attrs=attrs),
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=self.body_label % {"language": names[code]},
                required=False,
                max_length=20_000,
                initial=as_typed(text.get(self.body_name, "")),
                widget=forms.Textarea(attrs=attrs | {"rows": self.rows}),
            )

    def clean(self) -> dict[str, Any]:
        """A title in one language at least, and none missing above a text."""
        data = super().clean() or {}
        if not any(data.get(f"title_{code}") for code in self.codes):
            self.add_error(f"title_{self.codes[0]}", _("Give a title in at least one language."))
        for code in self.codes:
            if data.get(f"body_{code}") and not data.get(f"title_{code}"):
                self.add_error(f"title_{code}", _("This text needs a title in the same language."))
        return data

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Titles and washed texts of the languages that have a title."""
        return {
            code: {
                "title": self.cleaned_data[f"title_{code}"],
                self.body_name: str(paragraphs(self.cleaned_data[f"body_{code}"])),
            }
            for code in self.codes
            if self.cleaned_data.get(f"title_{code}")
        }
