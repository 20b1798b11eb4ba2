"""What people type in discussions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.models import Person, Territory, Theme
from core.models.identity import new_uid
from plugins.forum.domain import words


class Words(forms.CharField):
    """A message: kept as typed, checked like the domain does."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 8, "dir": "auto", "maxlength": words.LONGEST})
        super().__init__(
            **{
                "label": _("Your message"),
                "widget": widget,
                "strip": True,
                "max_length": words.LONGEST,
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return words.checked(text)
        except words.EmptyMessage as empty:
            raise ValidationError(_("Write a few words.")) from empty


class Signed(forms.Form):
    """A form with a token, so that sent twice it posts once, and with a name where the person has none yet.

    A guest also types an e-mail address, which a code then proves.
    """

    token = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", new_uid())
        if person is None or not person.name:
            self.fields["name"] = forms.CharField(
                label=_("Your name, as others will see it"),
                max_length=80,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
            )
        if person is None:
            self.fields["email"] = forms.EmailField(
                label=_("Your e-mail address"),
                max_length=254,
                help_text=_("Never shown. We send a code there to check that it is yours."),
                widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
            )

    def clean_token(self) -> str:
        return self.cleaned_data["token"] or new_uid()


class MessageForm(Signed):
    """An answer on a subject or in a thread."""

    to = forms.CharField(widget=forms.HiddenInput, max_length=26, required=False)
    text = Words()


class ThreadForm(Signed):
    """A free thread: a title, a first message, and perhaps a theme and a place."""

    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    text = Words()
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label=_("Theme"), required=False, empty_label=_("No theme")
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=_("Territory"),
        required=False,
        empty_label=_("No particular place"),
    )

    def __init__(self, *args: Any, territories: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if territories is not None:
            self.fields["territory"].queryset = territories

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        if not any(letter.isalnum() for letter in title):
            raise ValidationError(_("Write a title of a few words."))
        return title


class EditForm(forms.Form):
    """One's own message again."""

    text = Words()


class ReasonForm(forms.Form):
    """What a moderator does, and why."""

    act = forms.ChoiceField(label=_("What to do"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the journal and told to the author."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, acts: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = acts
        if len(acts) == 1:
            self.initial.setdefault("act", acts[0][0])


class LevelForm(forms.Form):
    """How much to hear of a thread."""

    level = forms.ChoiceField(
        label=_("What do you want to hear of this discussion?"),
        widget=forms.RadioSelect,
        choices=[
            ("watch", _("Every message")),
            ("normal", _("Answers where I took part")),
            ("mute", _("Nothing")),
        ],
    )
