"""Accounting entries with the 18 columns of the French FEC: one balanced piece per movement of the ledger.

A site changes account numbers by ``settings.CROWDFUNDING_ACCOUNTS`` (kind → number and label).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.utils import timezone

from core.models import Organisation
from plugins.crowdfunding.models import Account, Entry, Transaction

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib",
    "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise",
    "Idevise",
)  # fmt: skip
CHUNK = 300
_K = Account.Kind
ACCOUNTS: dict[str, tuple[str, str]] = {
    _K.GIFTS: ("754100", "Dons manuels"),
    _K.BANK: ("512000", "Banque"),
    _K.CASH: ("530000", "Caisse"),
    _K.CHEQUES: ("511200", "Chèques à encaisser"),
    _K.FEES: ("627000", "Services bancaires"),
    _K.TRANSIT: ("580000", "Virements en cours"),
    _K.SPENT: ("605000", "Achats du projet"),
    _K.PROVIDER: ("511500", "Prestataire de paiement"),
    _K.OWED: ("467000", "Dons à rembourser"),
    _K.KEPT: ("754110", "Dons laissés à l'association"),
    "exchange_out": ("657100", "Aides versées"),
    "exchange_in": ("754200", "Fonds reçus pour le projet"),
}
"""French plan for associations; money passed on is an aid given by the one and a fund received by the other."""
UNKNOWN = ("471000", "Compte d’attente")
LABELS: dict[str, str] = {
    Transaction.Kind.GIFT: "Don reçu",
    Transaction.Kind.REVERSAL: "Extourne",
    Transaction.Kind.FEE: "Frais",
    Transaction.Kind.OWING: "Don à rembourser",
    Transaction.Kind.REFUND: "Don remboursé",
    Transaction.Kind.DISPUTE: "Don contesté",
    Transaction.Kind.DISPUTE_WON: "Don contesté confirmé",
    Transaction.Kind.SURPLUS: "Trop-perçu",
    Transaction.Kind.DEPOSIT: "Remise en banque",
    Transaction.Kind.SETTLEMENT: "Versement du prestataire",
    Transaction.Kind.PAYOUT: "Transfert envoyé",
    Transaction.Kind.ARRIVAL: "Transfert arrivé",
    Transaction.Kind.EXCHANGE: "Change",
    Transaction.Kind.SPENDING: "Dépense",
    Transaction.Kind.MOVE: "Don affecté à un autre projet",
    Transaction.Kind.KEEP: "Don laissé à l'association",
}


def numbers() -> dict[str, tuple[str, str]]:
    """Account number and label by kind, as this site sets them."""
    return ACCOUNTS | {
        kind: (str(number), str(label))
        for kind, (number, label) in getattr(settings, "CROWDFUNDING_ACCOUNTS", {}).items()
    }


def plain(text: str) -> str:
    """A text in one cell of a file parted by tabs: no tab, line end or control character."""
    kept = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(kept.split())[:120]


def _stamp(value: date | None) -> str:
    return value.strftime("%Y%m%d") if value else ""


def _decimal(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02}"


def pieces(organisation: Organisation, first: date, last: date, currency: str) -> Iterator[str]:
    """Lines of the file, header first, in the order in which the movements were sealed.

    A piece is a movement's entries on the organisation's own accounts in one currency; these add up to zero.
    """
    yield "\t".join(COLUMNS) + "\r\n"
    charts, after = numbers(), 0
    mine = Entry.objects.filter(account__organisation=organisation, currency=currency)
    rows = Transaction.objects.filter(
        booked_on__range=(first, last), pk__in=mine.values("transaction")
    ).select_related("ledger__project", "reverses")
    while True:
        found = list(rows.filter(pk__gt=after).order_by("pk")[:CHUNK])
        entries: dict[int, list[Entry]] = {}
        for entry in mine.filter(transaction__in=found).select_related("account").order_by("pk"):
            entries.setdefault(entry.transaction_id, []).append(entry)
        for row in found:
            for entry in entries[row.pk]:
                yield "\t".join(_line(row, entry, charts)) + "\r\n"
        if len(found) < CHUNK:
            return
        after = found[-1].pk


def account_of(entry: Entry, charts: dict[str, tuple[str, str]], source: Transaction) -> tuple[str, str]:
    """Number and label of an entry's account: what was exchanged is an aid for who sends, a fund for who receives."""
    kind = entry.account.kind
    if kind != Account.Kind.EXCHANGE:
        return charts.get(kind, UNKNOWN)
    # The mirror of an arrival stands on the same account as the arrival it corrects.
    gives = (entry.amount_minor > 0) != (source.kind == Transaction.Kind.REVERSAL)
    return charts["exchange_out" if gives else "exchange_in"]


def _line(row: Transaction, entry: Entry, charts: dict[str, tuple[str, str]]) -> list[str]:
    project = row.ledger.project
    number, label = account_of(entry, charts, row)
    said = LABELS.get(row.kind, str(row.kind))
    if row.reverses is not None:
        said = f"{said} de la ligne {row.reverses.number}"
    amount = entry.amount_minor
    return [
        f"P{row.ledger_id}",
        plain(project.title),
        f"{row.ledger_id}-{row.number}",
        _stamp(row.booked_on),
        number,
        plain(label),
        "",
        "",
        f"{row.cause_type}-{row.cause_key}",
        _stamp(row.booked_on),
        plain(f"{said} · {project.title}"),
        _decimal(max(0, amount)),
        _decimal(max(0, -amount)),
        "",
        "",
        _stamp(timezone.localdate(row.at)),
        "",
        "" if entry.currency == "EUR" else entry.currency,
    ]
