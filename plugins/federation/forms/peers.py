"""What an animator types about other instances."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """The address of an instance to follow."""

    address = forms.CharField(
        label=_("Address of the instance"),
        help_text=_("As in the browser (https://tiznit.example) or as a handle (tiznit@tiznit.example)."),
        max_length=300,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "inputmode": "url", "autocapitalize": "none"}
        ),
    )

    def refuse(self, reason: Any) -> None:
        """Say at the field what is wrong with the address."""
        self.add_error("address", reason)


class ConfirmForm(forms.Form):
    """The actor that was shown, to be asked."""

    actor = forms.CharField(max_length=500, widget=forms.HiddenInput)


class NoReasonForm(forms.Form):
    """A decision that needs no word."""

    reason = ""


class ReasonForm(forms.Form):
    """A decision with its reason, kept here for the other animators."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept for the animators of this instance; the other instance is not told it."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
