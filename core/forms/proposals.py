"""The idea on a phone, and the agent's and manager's sheet of a project."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.forms.photos import PhotoForm
from core.forms.places import PlaceForm
from core.models import Organisation, Project, Theme
from core.text import as_typed, clean, paragraphs

CHARTER = _("I accept the charter")


class IdeaForm(PlaceForm, PhotoForm):
    """Title, place, one sentence, perhaps a photo; a guest adds an address, a member without charter accepts it."""

    title = forms.CharField(
        label=_("Your idea in a few words"),
        help_text=_("For example: a well for the school."),
        max_length=120,
    )
    summary = forms.CharField(
        label=_("What is missing?"),
        help_text=_("One sentence: money, skills, material, advice…"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send you a code, then the answer. Nobody else sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    charter = forms.BooleanField(label=CHARTER)
    field_order = ("title", "place", "summary", "photo", "email", "charter", "photo_kept")

    def __init__(self, *args: Any, guest: bool = True, ask_charter: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not guest:
            del self.fields["email"]
        if not ask_charter:
            del self.fields["charter"]
        self.fields["title"].widget.attrs["dir"] = self.fields["summary"].widget.attrs["dir"] = "auto"
        self.fields["place"].widget.attrs["dir"] = "auto"

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    @property
    def is_trap_sprung(self) -> bool:
        """Whether the field that people do not see was filled: a robot's work."""
        return bool(self.data.get("website"))

    def fields_of_idea(self, language: str) -> dict[str, Any]:
        """What the domain needs of a valid form."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "summary": data["summary"],
            "territory": data["territory"],
            "language": language,
            "photo": self.photo_token,
        }


class SheetForm(PlaceForm, PhotoForm):
    """A project's whole sheet in one form: facts, then texts in each language."""

    themes = forms.ModelMultipleChoiceField(
        label=_("Themes"), queryset=Theme.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    owner = forms.ModelChoiceField(
        label=_("Organisation that answers for it"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("none yet"),
    )
    stage = forms.ChoiceField(label=_("Stage"), choices=Project.Stage.choices)

    def __init__(self, *args: Any, project: Project, owners: Any, keep_owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.fields["owner"].queryset = owners
        if keep_owner:
            self.fields["owner"].required, self.fields["owner"].empty_label = True, None
        if not owners.exists():
            del self.fields["owner"]
        for code, name in settings.LANGUAGES:
            self._add_language(code, name)

    def _add_language(self, code: str, name: str) -> None:
        text = self.project.texts.get(code, {})
        direction = {"lang": code, "dir": "rtl" if code == "ar" else "auto"}
        kinds = (
            ("title", _("Title"), 120, forms.TextInput(attrs=direction)),
            ("summary", _("In one sentence"), 300, forms.Textarea(attrs={"rows": 2, **direction})),
            ("story", _("Story"), 20_000, forms.Textarea(attrs={"rows": 6, **direction})),
        )
        for kind, label, length, widget in kinds:
            self.fields[f"{kind}_{code}"] = forms.CharField(
                label=label,
                max_length=length,
                required=False,
                widget=widget,
                initial=typed(kind, text.get(kind, "")),
            )

    @property
    def languages(self) -> list[dict[str, Any]]:
        """The text fields, grouped by language; those with a text are open."""
        return [
            {
                "code": code,
                "name": name,
                "fields": [self[f"{kind}_{code}"] for kind in ("title", "summary", "story")],
                "open": code == self.project.language
                or bool(self.project.texts.get(code))
                or any(self.errors.get(f"{kind}_{code}") for kind in ("title", "summary", "story")),
            }
            for code, name in settings.LANGUAGES
        ]

    @property
    def facts(self) -> list[Any]:
        """The visible fields that belong to no language."""
        names = [name for name in self.fields if name.rsplit("_", 1)[-1] not in dict(settings.LANGUAGES)]
        return [self[name] for name in names if not self[name].is_hidden]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        codes = [code for code, _name in settings.LANGUAGES]
        for code in codes:
            if not data.get(f"title_{code}") and (data.get(f"summary_{code}") or data.get(f"story_{code}")):
                self.add_error(
                    f"title_{code}", _("Write a title in this language, or empty its other texts.")
                )
        if not any(data.get(f"title_{code}") for code in codes) and not self.errors:
            self.add_error(f"title_{self.project.language}", _("Write a title in one language at least."))
        return data

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Texts by language, stories as washed HTML; an untouched story keeps its own HTML."""
        found = {}
        for code, _name in settings.LANGUAGES:
            data = {kind: self.cleaned_data[f"{kind}_{code}"] for kind in ("title", "summary", "story")}
            if data["title"]:
                before = self.project.texts.get(code, {}).get("story", "")
                unchanged = data["story"].split() == typed("story", before).split()
                found[code] = {**data, "story": before if unchanged else as_html(data["story"])}
        return found


def typed(kind: str, text: str) -> str:
    """A stored text as people edit it: a plain story loses its paragraph marks, a rich one keeps its HTML."""
    if kind != "story":
        return text
    return as_typed(text)


def as_html(story: str) -> str:
    """A typed story as washed HTML; one that already is HTML is washed as it is."""
    return str(clean(story) if "</" in story else paragraphs(story))
