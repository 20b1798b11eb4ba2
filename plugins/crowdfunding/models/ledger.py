"""The double-entry ledger of a project: append-only, sealed by a chain of hashes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models.identity import Identified
from core.models.journal import AppendOnly
from core.money import CurrencyField, MinorField, money

GENESIS = "0" * 64


class Ledger(models.Model):
    """One project's book. Its row is the lock of the chain: who writes holds it, so the chain cannot fork."""

    project = models.OneToOneField("core.Project", on_delete=models.PROTECT, related_name="+")
    head = models.CharField(max_length=64, default=GENESIS)
    length = models.PositiveIntegerField(default=0)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_length = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("ledger")
        verbose_name_plural = _("ledgers")

    def __str__(self) -> str:
        return f"{self.project_id} · {self.length}"


class Account(models.Model):
    """Where money is or came from: one per ledger, kind, organisation and currency.

    ``code`` stands in the hashed text and never changes, even when the organisation is renamed.
    """

    class Kind(models.TextChoices):
        GIFTS = "gifts", _("gifts")
        BANK = "bank", _("bank account")
        CASH = "cash", _("cash box")
        CHEQUES = "cheques", _("cheques")
        FEES = "fees", _("fees")
        TRANSIT = "transit", _("on its way")
        SPENT = "spent", _("spent")
        PROVIDER = "provider", _("at the card provider")
        OWED = "owed", _("to be given back")
        KEPT = "kept", _("kept for the organisation")
        EXCHANGE = "exchange", _("exchanged")

    FUNDS = frozenset({Kind.BANK, Kind.CASH, Kind.CHEQUES, Kind.PROVIDER})

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=140)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    organisation = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    currency = CurrencyField()

    class Meta:
        verbose_name = _("account")
        constraints = [
            models.UniqueConstraint(fields=["ledger", "code"], name="account_code_once"),
            models.UniqueConstraint(
                fields=["ledger", "kind", "organisation", "currency"], name="account_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Transaction(Identified, models.Model):
    """One movement with its cause; written unsealed with its entries, then sealed by its hash and frozen.

    ``memo`` holds public facts only: the ledger is read by everyone and can never forget.
    """

    class Kind(models.TextChoices):
        GIFT = "gift", _("gift received")
        REVERSAL = "reversal", _("correction")
        FEE = "fee", _("fee of the provider or the bank")
        OWING = "owing", _("gift to be given back")
        REFUND = "refund", _("gift given back")
        DISPUTE = "dispute", _("gift contested at the bank")
        DISPUTE_WON = "dispute_won", _("contested gift confirmed")
        SURPLUS = "surplus", _("paid twice, to be given back")
        DEPOSIT = "deposit", _("cash brought to the bank")
        SETTLEMENT = "settlement", _("paid out by the card provider")
        PAYOUT = "payout", _("sent to who receives")
        ARRIVAL = "arrival", _("arrived at who receives")
        EXCHANGE = "exchange", _("exchanged")
        SPENDING = "spending", _("spent")
        MOVE = "move", _("moved between projects")
        KEEP = "keep", _("kept for the organisation")

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="transactions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    cause_type = models.CharField(max_length=40)
    cause_key = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True, help_text="the same cause is never booked twice")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal"
    )
    booked_on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    memo = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("transaction")
        constraints = [
            models.UniqueConstraint(fields=["ledger", "number"], name="transaction_number_once"),
            models.UniqueConstraint(fields=["ledger", "previous"], name="transaction_chain_never_forks"),
        ]
        indexes = [models.Index(fields=["cause_type", "cause_key"], name="transaction_cause")]

    def __str__(self) -> str:
        return f"{self.ledger_id} · {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly(str(self))


class Entry(models.Model):
    """One side of a transaction: an amount on an account, debit above zero and credit below.

    ``ledger`` and ``is_funds`` repeat what the account says, so that the statement is read by one index.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="+")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount_minor = MinorField()
    currency = CurrencyField()
    is_funds = models.BooleanField()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["ledger", "is_funds", "-id"], name="entry_statement")]
        constraints = [models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_minor} {self.currency}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly(str(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly(str(self))

    @property
    def amount(self) -> Money:
        return money(self.amount_minor, self.currency)
