"""What people type along an application: never more than they must."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Person
from plugins.volunteering.models import PlanStep, Side

LONG = 3000


def text_area(label: Any, *, hint: Any = "", required: bool = True, rows: int = 5) -> forms.CharField:
    """A text of a few paragraphs in any script."""
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, help_text=hint, required=required, max_length=LONG, widget=widget)


def date_field(label: Any, hint: Any = "") -> forms.DateField:
    """A day; the browser offers its own calendar."""
    return forms.DateField(
        label=label, help_text=hint, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ApplyForm(forms.Form):
    """An address and a message: two typed fields; one for somebody signed in."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("We send your private link there. The organisation sees it only when it accepts you."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    message = text_area(
        _("Your message"),
        hint=_("Who you are, what you can bring, when you are free. Only you and the organisation read it."),
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is not None:
            del self.fields["email"]


class AgainForm(forms.Form):
    """Offer again after having withdrawn."""

    message = text_area(_("Your message"))


class NoteForm(forms.Form):
    """A note to the other side."""

    text = text_area(_("Your note"), hint=_("Only you and the other side read it."))


class ConfirmForm(forms.Form):
    """Nothing to type: a question and its button."""


class DeclineForm(forms.Form):
    """Somebody who is declined is told why."""

    reason = text_area(
        _("Reason"), hint=_("The person reads it, with similar missions that are still open."), rows=4
    )


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = text_area(_("Reason"), hint=_("The other side reads it."), rows=3)


class OptionalReasonForm(forms.Form):
    """Why an offer is taken back, for whoever wants to say."""

    reason = text_area(_("Reason"), hint=_("The organisation reads it."), rows=3, required=False)


class DueForm(forms.Form):
    """A due date that has not passed."""

    due = date_field(_("Due date"))

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due < timezone.localdate():
            raise ValidationError(_("This day has passed: choose today or later."))
        return due


class StepForm(DueForm):
    """A step in one's own words."""

    text = forms.CharField(
        label=_("What has to be done"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    side = forms.ChoiceField(label=_("By whom"), choices=Side.choices)
    public = forms.BooleanField(
        label=_("Show this step on the mission's page"),
        required=False,
        help_text=_("Without any person's name: do not write one in it."),
    )
    field_order = ("text", "side", "due", "public")


class EditStepForm(DueForm):
    """Change an open step; a standard one may keep its standard words."""

    text = forms.CharField(
        label=_("What has to be done"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    public = StepForm.base_fields["public"]
    field_order = ("text", "due", "public")

    def __init__(self, *args: Any, step: PlanStep, **kwargs: Any) -> None:
        initial = {"text": step.title, "due": step.due, "public": step.public}
        super().__init__(*args, initial=initial, **kwargs)
        self.step = step

    def clean_text(self) -> str:
        """The standard words stay standard, so that each side reads them in its own language."""
        text = " ".join(self.cleaned_data["text"].split())
        standard = self.step.kind != PlanStep.Kind.OWN and text == str(self.step.get_kind_display())
        return "" if standard else text


class HoursForm(forms.Form):
    """Time given on a day."""

    day = date_field(_("Day"))
    hours = forms.DecimalField(
        label=_("Hours"),
        min_value=0.25,
        max_value=24,
        max_digits=4,
        decimal_places=2,
        help_text=_("2 or 2.5"),
    )
    text = forms.CharField(
        label=_("What you did"), max_length=200, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return day

    @property
    def minutes(self) -> int:
        return round(self.cleaned_data["hours"] * 60)


class FeedbackForm(forms.Form):
    """A few words at the end."""

    text = text_area(_("What you want to say to the other side"), rows=4)
