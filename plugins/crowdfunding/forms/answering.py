"""What those who receive write: the answer, the way of the things, their reception, the work done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms.files import FileForm
from plugins.crowdfunding.domain import days
from plugins.crowdfunding.domain.in_kind import Reception, Transport
from plugins.crowdfunding.models import DaysOffer, InKindOffer


class DateInput(forms.DateInput):
    """A date the browser helps to choose."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DespiteForm(forms.Form):
    """Mixin: ``despite`` appears once the domain said that a line gets more than it needs (D16)."""

    despite = forms.BooleanField(label=_("I know, and want it all the same"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["despite"].widget = forms.HiddenInput()

    def warn(self, sentence: str) -> None:
        """Say the excess and offer to go on all the same."""
        self.fields["despite"].widget = forms.CheckboxInput()
        self.data = self.data.copy()
        self.data.pop("despite", None)
        self.add_error(None, sentence)


class AcceptForm(DespiteForm):
    """Yes, with a word if one likes."""

    sentence = forms.CharField(
        label=_("A word with your yes"),
        help_text=_("For example where and when the things are fetched. It is sent to who offers."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    field_order = ("sentence", "despite")


class DeclineForm(forms.Form):
    """No, with a reason."""

    sentence = forms.CharField(
        label=_("Why not?"),
        help_text=_("One sentence, sent to who offers."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class TransportForm(forms.Form):
    """Who carries the things and by which way."""

    carrier = forms.CharField(
        label=_("Who carries them?"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    left_on = forms.DateField(label=_("Left on"), widget=DateInput())
    border_post = forms.CharField(
        label=_("Border post"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    expected_on = forms.DateField(label=_("Expected on"), required=False, widget=DateInput())

    def __init__(self, data: Any, offer: InKindOffer) -> None:
        names = ("carrier", "left_on", "border_post", "expected_on")
        start = {name: getattr(offer, name) for name in names}
        super().__init__(data, initial=start | {"left_on": offer.left_on or timezone.localdate()})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        left, expected = data.get("left_on"), data.get("expected_on")
        if left and expected and expected < left:
            self.add_error("expected_on", _("They cannot arrive before they left."))
        return data

    @property
    def transport(self) -> Transport:
        """What the domain needs of a valid form."""
        data = self.cleaned_data
        return Transport(data["carrier"], data["left_on"], data["border_post"], data["expected_on"])


class ReceptionForm(FileForm):
    """What really came, who took it in and when; a photo or a note says it."""

    by_whom = forms.CharField(
        label=_("Who took them in?"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    on = forms.DateField(label=_("On which day?"), widget=DateInput())
    note = forms.CharField(
        label=_("Note on the reception"),
        help_text=_("In what condition it came, what was missing. Who gave reads it."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, data: Any, files: Any, offer: InKindOffer, *, by: Any) -> None:
        super().__init__(data, files, by=by, initial={"on": timezone.localdate()})
        self.offer = offer
        self.things = list(offer.things.all())
        for thing in self.things:
            self.fields[f"arrived_{thing.pk}"] = forms.IntegerField(
                label=_("How many came of “%(what)s”?") % {"what": thing.what},
                min_value=0,
                max_value=thing.quantity,
                initial=thing.quantity,
            )
        self.order_fields(
            [*(f"arrived_{thing.pk}" for thing in self.things), "by_whom", "on", "note", "file"]
        )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        if self.offer.left_on and day < self.offer.left_on:
            raise forms.ValidationError(_("They cannot arrive before they left."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("note") and self.kept_file is None:
            self.add_error("note", _("Add a photo or a note, so that who gave sees what became of it."))
        return data

    @property
    def reception(self) -> Reception:
        """What the domain needs of a valid form."""
        data = self.cleaned_data
        arrived = {thing.pk: data[f"arrived_{thing.pk}"] for thing in self.things}
        note = " ".join(data["note"].split())
        return Reception(data["by_whom"], data["on"], note, self.kept_file, arrived)


class DoneForm(forms.Form):
    """How many days it really took, and until when."""

    days = forms.IntegerField(label=_("Days of work done"), min_value=1, max_value=days.MOST)
    on = forms.DateField(label=_("Done on"), widget=DateInput())

    def __init__(self, data: Any, offer: DaysOffer) -> None:
        super().__init__(data, initial={"days": offer.days, "on": timezone.localdate()})

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return self.cleaned_data["on"]
