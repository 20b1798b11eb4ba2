"""A private file that survives a form shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.domain import files
from core.models import Person, PrivateFile

KEPT = _("Your file is kept. Choose another one only to replace it.")
TYPES = "image/jpeg,image/png,image/webp,application/pdf"
WHY = {
    files.FileTooBig: _("This file is too big: 8 MB at most. Send a smaller one."),
    files.FileEmpty: _("This file is empty. Choose another one."),
    files.KindRefused: _("We cannot read this file. Send a photo (JPEG, PNG or WebP) or a PDF."),
}


class FileForm(forms.Form):
    """Mixin: ``file`` is sent once; ``file_kept`` is the signed token that the page carries from then on.

    Pass ``by``, the person who sends it (None for a guest); ``kept_file`` is the stored file of a valid form.
    Set ``file_required`` where the form makes no sense without one.
    """

    file_required = False

    file = forms.FileField(
        label=_("A photo or a PDF"),
        help_text=_("JPEG, PNG, WebP or PDF, 8 MB at most. Where and when a photo was taken is removed."),
        required=False,
        widget=forms.FileInput(attrs={"accept": TYPES}),
    )
    file_kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.kept_file: PrivateFile | None = None
        if self.is_bound:
            self.kept_file = files.of_token(self.data.get(self.add_prefix("file_kept"), ""))
        if self.kept_file is not None:
            self.fields["file"].help_text = KEPT

    def clean_file(self) -> PrivateFile | None:
        upload = self.files.get(self.add_prefix("file"))
        if upload:
            try:
                self.kept_file = files.store(upload, self.by)
            except files.FileRefused as error:
                raise forms.ValidationError(WHY[type(error)]) from None
            self.data = self.data.copy()
            self.data[self.add_prefix("file_kept")] = files.token(self.kept_file)
            self.fields["file"].help_text = KEPT
        if self.kept_file is None and self.file_required:
            raise forms.ValidationError(_("Add a photo or a PDF."))
        return self.kept_file
