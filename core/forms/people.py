"""Signing in, and what a person may change about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.domain import notices
from core.forms.proposals import CHARTER
from core.models import Person


class SignInForm(forms.Form):
    """One field, for those who have been here and those who have not."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send you a code of six digits: there is no password to choose or lose."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )


class CodeForm(forms.Form):
    """The six digits, and the charter where it is asked."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr", "autofocus": True}
        ),
    )
    charter = forms.BooleanField(label=CHARTER)

    def __init__(self, *args: Any, ask_charter: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_charter:
            del self.fields["charter"]


class CharterForm(forms.Form):
    """One box to tick."""

    charter = forms.BooleanField(label=CHARTER)


class ProfileForm(forms.ModelForm):
    """The name that others see and the language of mails."""

    language = forms.ChoiceField(
        label=_("Language of your e-mails"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    class Meta:
        model = Person
        fields = ("name", "language")
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"})}
        help_texts = {"name": _("As you want to be called here. Your e-mail address is never shown.")}


class NoticesForm(forms.Form):
    """What one is told of by e-mail; the site's own list always shows everything."""

    everything = forms.BooleanField(label=_("No e-mails at all"), required=False)
    daily = forms.BooleanField(
        label=_("One e-mail a day instead of one for each piece of news"), required=False
    )
    wanted = forms.MultipleChoiceField(
        label=_("E-mails you receive"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, refused: set[str], **kwargs: Any) -> None:
        choices = notices.notifiable()
        initial = {
            "everything": notices.ALL in refused,
            "daily": notices.DAILY in refused,
            "wanted": [verb for verb, _label in choices if verb not in refused],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["wanted"].choices = choices

    @property
    def refused(self) -> set[str]:
        """Verbs to refuse from now on, with the two that stand for all e-mails and for one a day."""
        unticked = {verb for verb, _label in notices.notifiable()} - set(self.cleaned_data["wanted"])
        ticked = {"everything": notices.ALL, "daily": notices.DAILY}
        return unticked | {verb for name, verb in ticked.items() if self.cleaned_data[name]}


class EraseForm(forms.Form):
    """Erasing cannot be undone, so the person types their address."""

    email = forms.EmailField(
        label=_("Type your e-mail address to confirm"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if email != self.person.email:
            raise forms.ValidationError(_("This is not the address of this account."))
        return email
