"""The mission as its host writes it: a title is enough to begin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import Organisation, Project, Territory
from core.text import paragraphs, plain
from plugins.volunteering.forms.applications import date_field, text_area
from plugins.volunteering.models import Mission, Skill


def places_of(project: Project) -> Any:
    """The places of the project's province (or town), where a mission can be."""
    place = project.territory
    if place is None:
        return Territory.objects.none()
    parts = place.path.strip("/").split("/")
    return Territory.objects.filter(path__startswith="/".join(parts[:2]) + "/")


class MissionForm(forms.Form):
    """Texts in the language one reads the site in; the other languages stay as they are."""

    title = forms.CharField(label=_("Title"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"}))
    story = text_area(_("What the volunteers will do"))
    criteria = text_area(_("Who you are looking for"), required=False, rows=3)
    host = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation that receives the volunteers")
    )
    kind = forms.ChoiceField(label=_("Kind of mission"), choices=Mission.Kind.choices)
    remote = forms.BooleanField(label=_("Can be done from anywhere"), required=False)
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=_("Place on site"),
        required=False,
        empty_label=_("No place: from anywhere only"),
    )
    starts = date_field(_("First day"))
    ends = date_field(_("Last day"))
    hours = forms.IntegerField(
        label=_("Hours in all, for one person"), min_value=1, max_value=2000, required=False
    )
    people = forms.IntegerField(
        label=_("Number of people sought"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("Leave empty to take all who fit."),
    )
    skills = forms.ModelMultipleChoiceField(
        Skill.objects.none(),
        label=_("Skills"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(
        self, *args: Any, project: Project, hosts: Any, mission: Mission | None = None, **kwargs: Any
    ) -> None:
        if mission is not None:
            kwargs["initial"] = initial_of(mission)
        super().__init__(*args, **kwargs)
        self.fields["starts"].required = self.fields["ends"].required = False
        self.fields["host"].queryset = hosts
        self.fields["territory"].queryset = places_of(project)
        self.fields["skills"].queryset = Skill.objects.all()
        if mission is not None:
            self.fields["host"].disabled = True
            self.fields["host"].initial = mission.host
            self.fields["host"].queryset = Organisation.objects.filter(pk=mission.host_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", ValidationError(_("The end comes before the beginning.")))
        if not data.get("remote") and not data.get("territory") and "territory" not in self.errors:
            self.add_error(
                "territory", ValidationError(_("Choose a place, or say that it can be done from anywhere."))
            )
        return data

    @property
    def language(self) -> str:
        return (get_language() or "fr").split("-")[0]

    def facts(self) -> dict[str, Any]:
        """Arguments for the domain: texts in one language, skills, plain columns."""
        data = self.cleaned_data
        names = ("kind", "remote", "territory", "starts", "ends", "hours", "people")
        text = {
            "title": data["title"],
            "story": str(paragraphs(data["story"])),
            "criteria": str(paragraphs(data["criteria"])),
        }
        return {
            "texts": {self.language: text},
            "skills": data["skills"],
            **{name: data[name] for name in names},
        }


def initial_of(mission: Mission) -> dict[str, Any]:
    """What a mission's form starts with, in the language one reads the site in."""
    language = (get_language() or "fr").split("-")[0]
    text = mission.texts.get(language, {})
    columns = ("kind", "remote", "territory", "starts", "ends", "hours", "people", "host")
    return {
        "title": text.get("title", ""),
        "story": typed(text.get("story", "")),
        "criteria": typed(text.get("criteria", "")),
        "skills": list(mission.skills.all()),
        **{name: getattr(mission, name) for name in columns},
    }


def typed(html: str) -> str:
    """Washed HTML as somebody would type it: paragraphs parted by blank lines."""
    blocks = html.replace("<br>", "\n").split("</p>")
    lines = ["\n".join(plain(line) for line in block.split("\n")) for block in blocks]
    return "\n\n".join(line for line in lines if line.strip())
