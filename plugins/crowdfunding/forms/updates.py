"""The form of a piece of news."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plugins.crowdfunding.forms.giving import new_key
from plugins.crowdfunding.forms.texts import TextsForm
from plugins.crowdfunding.models import Update


class UpdateForm(TextsForm):
    """Title and text in each language, and who reads them."""

    rows = 8
    backers_only = forms.BooleanField(
        label=_("For backers only"),
        required=False,
        help_text=_("Others see that there is news, and not what it says. It cannot be opened to all later."),
    )
    form_key = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=40)

    def __init__(self, *args: Any, update: Update | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "form_key": update.form_key if update else new_key(),
            "backers_only": update.backers_only if update else False,
        } | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        rest = dict(self.fields)
        self.fields.clear()
        self.add_texts(update.texts if update else {})
        self.fields |= rest
        if update is not None and update.state != Update.State.DRAFT and update.backers_only:
            del self.fields["backers_only"]

    def clean(self) -> dict[str, Any]:
        """Published news for backers stay theirs."""
        data = super().clean()
        data.setdefault("backers_only", True)
        return data
