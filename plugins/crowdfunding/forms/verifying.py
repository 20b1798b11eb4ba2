"""The form that takes a downloaded ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

LARGEST = 8 * 1024 * 1024


class LedgerFileForm(forms.Form):
    """One file, CSV or JSON, as a ledger page gives it."""

    file = forms.FileField(
        label=_("The downloaded ledger"),
        help_text=_("CSV or JSON, 8 MB at most. It is read here and not kept."),
        validators=[FileExtensionValidator(["csv", "json"])],
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.json"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise forms.ValidationError(
                _("This file is too large for the page: check it with the small program.")
            )
        return upload
