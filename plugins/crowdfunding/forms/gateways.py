"""The form of an organisation's keys at a provider: written, never shown again."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.conf import instance
from plugins.crowdfunding.domain.provider_keys import Keys
from plugins.crowdfunding.models import GatewayAccount

SECRET = re.compile(r"(sk|rk)_(test|live)_[A-Za-z0-9_]{3,240}")
WEBHOOK = re.compile(r"whsec_[A-Za-z0-9_+/=-]{3,240}")
ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{3,60}")


def _secret(**kwargs: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}
    return forms.CharField(max_length=255, required=False, widget=forms.PasswordInput(attrs=attrs), **kwargs)


class ProviderForm(forms.Form):
    """Secret key, signing secret of the webhook and account; left empty, what is there stays."""

    secret = _secret(
        label=_("Secret key"),
        help_text=_(
            "Begins with sk_ or, with fewer rights, rk_. It is stored encrypted and never shown again."
        ),
    )
    webhook_secret = _secret(
        label=_("Signing secret of the webhook"),
        help_text=_("Begins with whsec_. Stripe shows it after the address below was entered there."),
    )
    account = forms.CharField(
        label=_("Account at Stripe"),
        max_length=80,
        required=False,
        help_text=_("Begins with acct_. Events of another account are refused."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"}),
    )
    allow_test = forms.BooleanField(
        label=_("These are keys of the test mode: no money moves, donors are not really charged"),
        required=False,
    )

    def __init__(self, *args: Any, known: GatewayAccount | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known is None:
            self.fields["secret"].required = True
        else:
            self.fields["account"].initial = known.account
            self.fields["allow_test"].initial = known.test
        if instance().demo:
            del self.fields["allow_test"]

    def clean_secret(self) -> str:
        return self._shaped(
            "secret", SECRET, _("A secret key begins with sk_live_, sk_test_, rk_live_ or rk_test_.")
        )

    def clean_webhook_secret(self) -> str:
        return self._shaped("webhook_secret", WEBHOOK, _("A signing secret begins with whsec_."))

    def clean_account(self) -> str:
        return self._shaped("account", ACCOUNT, _("The name of an account begins with acct_."))

    def _shaped(self, name: str, shape: re.Pattern[str], sentence: Any) -> str:
        value = str(self.cleaned_data[name]).strip()
        if value and not shape.fullmatch(value):
            raise forms.ValidationError(sentence)
        return value

    @property
    def keys(self) -> Keys:
        """What was typed, once the form is valid."""
        data = self.cleaned_data
        return Keys(data["secret"], data["webhook_secret"], data["account"])
