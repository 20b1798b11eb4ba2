"""Reporting, answering, announcing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.domain.announcements import LONGEST
from core.forms.places import PlaceForm
from core.models import Organisation


class ReportForm(forms.Form):
    """Why something should not stand here; a guest may leave an address for the answer."""

    reason = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("In your own words. Only the animators read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    contact = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("If you want the answer."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not guest:
            del self.fields["contact"]


class AnswerForm(forms.Form):
    """The answer that goes with a decision."""

    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("It is sent as you write it. A refusal needs a reason."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class AnnouncementForm(PlaceForm):
    """A title, a text, until when; a place and an organisation if it has them."""

    title = forms.CharField(label=_("Title"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"}))
    body = forms.CharField(
        label=_("Text"),
        help_text=_("Who, what, where, when, and whom to ask."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
    )
    until = forms.DateField(
        label=_("Shown until"),
        help_text=_("Ninety days at most."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    organisation = forms.ModelChoiceField(
        label=_("In the name of"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("myself"),
    )
    field_order = ("title", "body", "until", "place", "organisation")

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].required = False
        self.fields["organisation"].queryset = organisations
        if not organisations.exists():
            del self.fields["organisation"]
        today = timezone.localdate()
        self.fields["until"].initial = today + timedelta(days=30)
        self.fields["until"].widget.attrs |= {"min": str(today), "max": str(today + LONGEST)}

    def clean_until(self) -> Any:
        until, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= until <= today + LONGEST:
            raise forms.ValidationError(_("Choose a day between today and ninety days from now."))
        return until
