"""Forms of tax receipts: who issues, for whom, which gifts, and a receipt cancelled."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plugins.crowdfunding.forms.treasury import day_field
from plugins.crowdfunding.models import DonorIdentity, ReceiptIssuer, TaxReceipt

ADDRESS = ("street", "postcode", "town", "country")


def siren(text: str) -> str:
    """A SIREN of nine digits whose check digit is right, or an empty text."""
    value = re.sub(r"\s", "", text)
    if not value:
        return ""
    if not re.fullmatch(r"[0-9]{9}", value):
        raise forms.ValidationError(_("A SIREN has nine digits."))
    doubled = [int(char) * (1 + place % 2) for place, char in enumerate(value)]
    if sum(digit // 10 + digit % 10 for digit in doubled) % 10:
        raise forms.ValidationError(_("This SIREN is not right: one digit is wrong."))
    return value


class IssuerForm(forms.ModelForm):
    """The organisation as its receipts name it, and the sentence its treasurer confirms."""

    recognised_on = day_field(label=_("Date of the decree or order"), required=False)
    siren = forms.CharField(label="SIREN", required=False, max_length=15)
    rna = forms.CharField(label="RNA", required=False, max_length=14, help_text=_("W and nine digits."))
    able = forms.BooleanField(
        label=_(
            "I confirm that the organisation may issue tax receipts under article 200 of the French tax code: it is of "
            "general interest, run without personal gain, and does not serve a closed circle of persons."
        ),
        required=False,
        help_text=_("Without this no receipt can be issued. Whoever issues one wrongly is fined."),
    )
    field_order = [
        "name", "siren", "rna", "category", "recognised_on", "object", *ADDRESS, "signatory", "capacity", "able",
    ]  # fmt: skip

    class Meta:
        model = ReceiptIssuer
        fields = [
            "name",
            "siren",
            "rna",
            "category",
            "recognised_on",
            "object",
            *ADDRESS,
            "signatory",
            "capacity",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["able"].initial = self.instance.is_able
        for name in ("name", "object", "street", "town", "signatory", "capacity"):
            self.fields[name].widget.attrs["dir"] = "auto"

    def clean_siren(self) -> str:
        return siren(self.cleaned_data["siren"])

    def clean_rna(self) -> str:
        value = re.sub(r"\s", "", self.cleaned_data["rna"]).upper()
        if value and not re.fullmatch(r"W[0-9A-Z]{3}[0-9]{6}", value):
            raise forms.ValidationError(_("An RNA number is a W and nine signs, for example W952001234."))
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("siren") and not data.get("rna"):
            self.add_error("siren", _("Give the SIREN or the RNA number: the form asks for one of them."))
        return data

    @property
    def sentence(self) -> str:
        """What the treasurer confirmed, word for word; empty when she did not."""
        return str(self.fields["able"].label) if self.cleaned_data["able"] else ""

    @property
    def values(self) -> dict[str, Any]:
        """The columns, without the confirmation."""
        return {name: value for name, value in self.cleaned_data.items() if name != "able"}


class EligibleForm(forms.Form):
    """The sentence by which a treasurer says that a campaign's gifts give a right to receipts."""

    confirmed = forms.BooleanField(
        label=_(
            "I confirm that gifts to this campaign give a right to the tax reduction: donors get nothing in return, and "
            "the organisation keeps control of what is done with the money abroad."
        )
    )

    @property
    def sentence(self) -> str:
        return str(self.fields["confirmed"].label)


class IdentityForm(forms.ModelForm):
    """Name and address of an individual donor, as the tax office asks."""

    class Meta:
        model = DonorIdentity
        fields = ["first_name", "last_name", *ADDRESS]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name", "dir": "auto"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name", "dir": "auto"}),
            "street": forms.TextInput(attrs={"autocomplete": "street-address", "dir": "auto"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "town": forms.TextInput(attrs={"autocomplete": "address-level2", "dir": "auto"}),
            "country": forms.TextInput(attrs={"autocomplete": "country-name", "dir": "auto"}),
        }

    @property
    def values(self) -> dict[str, str]:
        """The columns, on one line each."""
        return {name: " ".join(value.split()) for name, value in self.cleaned_data.items()}


class CancelForm(forms.Form):
    """Why a receipt is cancelled, and whether another is issued for what is left."""

    reason = forms.ChoiceField(label=_("Why"), choices=TaxReceipt.Reason.choices, widget=forms.RadioSelect)
    replace = forms.BooleanField(
        label=_("Issue another receipt at once for what is left"),
        required=False,
        help_text=_("Leave it unchecked when name or address must be corrected first."),
    )
