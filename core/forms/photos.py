"""A photo that survives a form shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.domain import photos

KEPT = _("Your photo is kept. Choose another one only to replace it.")


class PhotoForm(forms.Form):
    """Mixin: ``photo`` is uploaded once; ``photo_kept`` is the signed token that the page carries from then on."""

    photo = forms.FileField(
        label=_("A photo"),
        help_text=_("JPEG, PNG or WebP, 8 MB at most. Where and when it was taken is removed."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    photo_kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and photos.read_token(self.data.get("photo_kept", "")):
            self.fields["photo"].help_text = KEPT

    def clean_photo(self) -> Any:
        upload = self.cleaned_data.get("photo")
        if not upload:
            return None
        try:
            token = photos.keep(upload, upload.size)
        except photos.PhotoTooBig:
            raise forms.ValidationError(
                _("This photo is too big: 8 MB at most. Send a smaller one, or none.")
            ) from None
        except photos.PhotoRefused:
            raise forms.ValidationError(
                _("We cannot read this file as a photo. Send a JPEG, PNG or WebP, or none.")
            ) from None
        self.data = self.data.copy()
        self.data["photo_kept"] = token
        self.fields["photo"].help_text = KEPT
        return upload

    @property
    def photo_token(self) -> str:
        """The token of the photo that goes with the form, or nothing."""
        token = self.data.get("photo_kept", "")
        return token if photos.read_token(token) else ""
