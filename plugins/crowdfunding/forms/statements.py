"""Forms of bank statements: a file, its columns, and what one line is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plugins.crowdfunding.domain.banking import grouped
from plugins.crowdfunding.domain.numbers import ltr
from plugins.crowdfunding.domain.statements import tables
from plugins.crowdfunding.domain.statements.columns import Layout, Role
from plugins.crowdfunding.domain.statements.imports import File
from plugins.crowdfunding.domain.statements.lines import LARGEST, NotAStatement
from plugins.crowdfunding.models import BankLine, Campaign, Pledge

ROLES = [
    (Role.NOTHING, _("not needed")),
    (Role.DAY, _("day of the movement")),
    (Role.VALUE, _("value date")),
    (Role.TEXT, _("words of the transfer")),
    (Role.NAME, _("who paid or was paid")),
    (Role.AMOUNT, _("amount, with its sign")),
    (Role.IN, _("money in (credit)")),
    (Role.OUT, _("money out (debit)")),
    (Role.SIDE, _("D or C: out or in")),
    (Role.CURRENCY, pgettext_lazy("column", "currency")),
    (Role.REFERENCE, _("reference of the bank")),
]
WHY = {
    "empty": _("This file is empty."),
    "too_big": _("This file is too large: 5 MB and 20,000 lines at most. Export a shorter time."),
    "not_xml": _("This XML file is damaged. Download it anew from your bank."),
    "entities": _("This XML file contains what no bank writes (a document type). It was refused."),
    "not_camt": _("This XML file is no CAMT.053 statement. Choose “CAMT.053” in your bank's export, or CSV."),
    "not_text": _("This file is no text. Choose CSV or CAMT.053 in your bank's export, not PDF or Excel."),
    "no_table": _(
        "No table of movements was found in this file. Choose CSV or CAMT.053 in your bank's export."
    ),
    "no_lines": _("There is no movement in this file."),
    "currency": _("This file has amounts in a currency the site does not know: %(where)s."),
    "amount": _("An amount in this file cannot be read (%(where)s). Nothing was imported."),
    "date": _("A day in this file cannot be read (%(where)s). Nothing was imported."),
    "sign": _("A movement in this file does not say whether money came or went (%(where)s)."),
    "columns": _(
        "Tell which column holds the day, and which the amount: one column, or money in and money out."
    ),
}


def sentence(why: str, where: str) -> str:
    """Why a file was not taken, and what to do."""
    return str(WHY.get(why, WHY["not_text"])) % {"where": where}


class UploadForm(forms.Form):
    """A statement as the bank's site gives it."""

    file = forms.FileField(
        label=_("Statement of your bank"),
        help_text=_(
            "CAMT.053 (XML) or CSV, 5 MB at most. The same file may be sent twice: nothing is booked twice."
        ),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.txt,.tsv,text/csv,text/xml,application/xml"}),
    )
    account = forms.ChoiceField(
        label=_("Account, if the file does not name it"), widget=forms.RadioSelect, required=False
    )

    def __init__(self, accounts: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(number, ltr(grouped(number))) for number in accounts]
        self.fields["account"].initial = accounts[0] if accounts else ""
        if len(accounts) < 2:
            del self.fields["account"]

    def clean_file(self) -> File:
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST:
            raise forms.ValidationError(sentence("too_big", ""))
        return File(sent.name, sent.read())


def guess(samples: list[str]) -> Role:
    """What a column seems to hold, for a start; headings say nothing here."""
    body = samples[1:] or samples
    if body and all(tables.day(one) for one in body):
        return Role.DAY
    try:
        if (
            body
            and all(tables.amount(one) is not None for one in body)
            and any("," in one or "." in one for one in body)
        ):
            return Role.AMOUNT
    except NotAStatement:
        return Role.TEXT
    return Role.TEXT if any(len(one) > 3 and not one.isdigit() for one in body) else Role.NOTHING


class ColumnsForm(forms.Form):
    """Which column is what, asked with the first things each column holds."""

    def __init__(self, rows: list[list[str]], delimiter: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.delimiter = delimiter
        self.width = len(rows[0]) if rows else 0
        guessed: set[Role] = set()
        for index in range(self.width):
            samples = [row[index] for row in rows if row[index]]
            role = guess(samples)
            role = Role.NOTHING if role in guessed else role
            guessed |= {role} - {Role.TEXT}
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=_("Column %(number)s") % {"number": index + 1},
                choices=ROLES,
                initial=role,
                help_text=" · ".join(sample[:40] for sample in samples[:3]) or _("empty"),
            )

    @property
    def roles(self) -> list[str]:
        """What was told, column by column."""
        return [self.cleaned_data[f"column_{index}"] for index in range(self.width)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            told = Layout(self.delimiter, tuple(Role(role) for role in self.roles), "")
            if not told.complete:
                self.add_error(None, sentence("columns", ""))
        return data


class LineGiftForm(forms.Form):
    """A transfer that nobody promised: for which campaign, and from whom."""

    campaign = forms.ModelChoiceField(label=_("Campaign"), queryset=Campaign.objects.none())
    name = forms.CharField(
        label=_("Donor's name"), required=False, max_length=80, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    email = forms.EmailField(
        label=_("Donor's e-mail address"),
        required=False,
        max_length=254,
        help_text=_("A confirmation is sent there."),
    )
    anonymous = forms.BooleanField(label=_("Do not show the name"), required=False)

    def __init__(self, line: BankLine, again: Pledge | None, *args: Any, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"name": line.counterparty[:80]}
        if again is not None:
            initial = {
                "campaign": again.campaign_id,
                "name": again.name,
                "email": again.email,
                "anonymous": again.anonymous,
            }
        super().__init__(*args, initial=initial, **kwargs)
        rows = Campaign.objects.filter(collector=line.collector_id, currency=line.currency)
        rows = rows.exclude(state=Campaign.State.DRAFT).exclude(hidden=True).order_by("-pk")
        self.fields["campaign"].queryset = rows
        self.fields["campaign"].label_from_instance = lambda campaign: campaign.title

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class LeaveForm(forms.Form):
    """Why a line is no gift."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[one for one in BankLine.Reason.choices if one[0] != BankLine.Reason.MONEY_OUT],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("A note for yourself"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
