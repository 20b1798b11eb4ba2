"""What a bank line may be: promises compared by reference code, then by amount and name, with the reasons in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product

from django.utils.translation import gettext_lazy as _

from core.models import Organisation
from plugins.crowdfunding.domain import codes, support_acts
from plugins.crowdfunding.domain.statements import names
from plugins.crowdfunding.models import BankLine, Deposit, Payment, Pledge

SURE, LIKELY = 90, 60
"""From these scores on, of 100."""
NEAR = timedelta(days=10)
CONFUSED = {"0": "QD", "O": "QD", "1": "JT", "I": "JT", "L": "JT", "S": "5", "U": "V"}
"""Signs no code has, and the ones they are read for; the check sign decides."""
MOST_WAITING = 3000
SHOWN = 4

CODE, CODE_MISREAD, AMOUNT, OTHER_AMOUNT = "code", "misread", "amount", "other_amount"
NAME, PART_OF_NAME, ENDED, ALREADY, SECOND, CLOSED, TWICE = (
    "name", "part_of_name", "ended", "already", "second", "closed", "twice",
)  # fmt: skip
WORDS = {
    CODE: _("the reference code is right"),
    CODE_MISREAD: _("the reference code is right but for a sign easily misread"),
    AMOUNT: _("the amount is the same"),
    OTHER_AMOUNT: _("the amount differs"),
    NAME: _("the name is the same"),
    PART_OF_NAME: _("a part of the name is the same"),
    ENDED: _("the promise was cancelled or expired; money that came is a gift all the same"),
    ALREADY: _("this money was already entered by hand: the line is only tied to it"),
    SECOND: _("this promise is already received: perhaps a second gift of the same person"),
    CLOSED: _("this promise is closed: its campaign failed or its money was given back"),
    TWICE: _("another line is proposed for the same promise"),
}


@dataclass(frozen=True)
class Candidate:
    """One thing a line may be. ``payment`` is the entry made by hand that it would be tied to."""

    pledge: Pledge
    score: int
    why: tuple[str, ...]
    payment: Payment | None = None

    @property
    def bookable(self) -> bool:
        """Whether one press settles the line; a second gift needs its own entry."""
        return self.payment is not None or not {SECOND, CLOSED} & set(self.why)

    @property
    def reasons(self) -> list[str]:
        """Why, in words."""
        return [str(WORDS[one]) for one in self.why]

    @property
    def key(self) -> str:
        """What a form sends to choose it."""
        return f"payment-{self.payment.uid}" if self.payment else f"pledge-{self.pledge.uid}"


@dataclass
class Proposal:
    """A line with what it may be, best first."""

    line: BankLine
    candidates: list[Candidate] = field(default_factory=list)
    deposit: Deposit | None = None

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates and self.candidates[0].bookable else None

    @property
    def choices(self) -> list[Candidate]:
        """Those that one press settles."""
        return [one for one in self.candidates if one.bookable]

    @property
    def group(self) -> str:
        """``sure``, ``likely`` or ``unknown``."""
        score = self.best.score if self.best else 0
        if score >= SURE:
            return "sure"
        return "likely" if score >= LIKELY or self.deposit else "unknown"


def codes_in(text: str) -> dict[str, bool]:
    """Reference codes that may stand in a text, despite spaces, hyphens and case; True for those read exactly."""
    signs = "".join(char for char in text.upper() if char.isalnum())
    found: dict[str, bool] = {}
    length = codes.LENGTH + 1
    for start in range(len(signs) - length + 1):
        piece = signs[start : start + length]
        doubtful = sum(char in CONFUSED for char in piece)
        if doubtful > 3:
            continue
        for reading in product(*(CONFUSED.get(char, char) for char in piece)):
            try:
                code = codes.parse("".join(reading))
            except codes.NotACode:
                continue
            found[code] = found.get(code, False) or not doubtful
    return found


def propose(organisation: Organisation, lines: Sequence[BankLine]) -> list[Proposal]:
    """What each line may be; the same number of queries for any number of lines."""
    pool = _Pool(organisation, lines)
    proposals = [Proposal(line, pool.candidates(line), pool.deposit(line)) for line in lines]
    taken: set[str] = set()
    for proposal in sorted(proposals, key=lambda one: (-(one.best.score if one.best else 0), one.line.pk)):
        rest = [_once(one, taken) for one in proposal.candidates]
        proposal.candidates = sorted(rest, key=lambda one: -one.score)[:SHOWN]
        if proposal.best is not None and proposal.group == "sure":
            taken.add(proposal.best.pledge.uid)
    return proposals


def _once(candidate: Candidate, taken: set[str]) -> Candidate:
    """A promise that another line pays for sure is only a weak candidate here."""
    if candidate.pledge.uid not in taken or TWICE in candidate.why:
        return candidate
    return replace(candidate, score=min(candidate.score, 40), why=(*candidate.why, TWICE))


class _Pool:
    """Everything that lines are compared with, read at once."""

    def __init__(self, organisation: Organisation, lines: Sequence[BankLine]) -> None:
        credits = [line for line in lines if line.amount_minor > 0]
        self.codes = {line.pk: _codes_of(line) for line in credits}
        wanted = {code for found in self.codes.values() for code in found}
        mine = Pledge.objects.filter(collector=organisation).select_related("campaign")
        self.by_code = {row.code: row for row in mine.filter(code__in=wanted)} if wanted else {}
        if wanted:  # a standing order carries the same code each time
            self.by_code |= support_acts.waiting(organisation, wanted)
        waiting = mine.filter(
            state__in=Pledge.WAITING, campaign__currency__in={one.currency for one in credits}
        )
        self.by_amount: dict[tuple[str, int], list[Pledge]] = defaultdict(list)
        self.waiting = list(waiting.order_by("-pk")[:MOST_WAITING]) if credits else []
        for row in self.waiting:
            self.by_amount[row.currency, row.amount_minor].append(row)
        self.by_bones: dict[str, list[Pledge]] = defaultdict(list)
        for row in self.waiting:
            for bone in names.bones(row.name):
                self.by_bones[bone].append(row)
        self.entered = _entered(organisation, credits)
        self.deposits = _deposits(organisation, credits)

    def candidates(self, line: BankLine) -> list[Candidate]:
        """Best first; by code if one is known, else by amount and name."""
        if line.amount_minor <= 0 or line.is_return:
            return []
        found = {one.key: one for one in self._by_code(line)}
        if not found:
            for one in (*self._by_amount(line), *self._by_entry(line), *self._by_name(line)):
                found.setdefault(one.key, one)
        return sorted(found.values(), key=lambda one: (-one.score, one.pledge.pk))

    def deposit(self, line: BankLine) -> Deposit | None:
        """The deposit of cash or cheques that this credit is, if the treasurer entered one."""
        rows = self.deposits.get((line.currency, line.amount_minor), [])
        return next((row for row in rows if _near(row.deposited_on, line.booked_on)), None)

    def _by_code(self, line: BankLine) -> Iterable[Candidate]:
        for code, exact in self.codes.get(line.pk, {}).items():
            row = self.by_code.get(code)
            if row is not None and row.currency == line.currency:
                yield self._of_code(line, row, CODE if exact else CODE_MISREAD)

    def _of_code(self, line: BankLine, row: Pledge, how: str) -> Candidate:
        same = row.amount_minor == line.amount_minor
        why = (how, AMOUNT if same else OTHER_AMOUNT)
        if row.state in Pledge.WAITING or row.state == Pledge.State.STARTED:
            return Candidate(row, (100 if how == CODE else 95) if same else 80, why)
        if row.state in {Pledge.State.CANCELLED, Pledge.State.EXPIRED}:
            return Candidate(row, 75 if same else 65, (*why, ENDED))
        if row.state != Pledge.State.RECEIVED:
            return Candidate(row, 30, (*why, CLOSED))
        entry = next((one for one in self._entries(line) if one.pledge_id == row.pk), None)
        if entry is not None:
            near = _near(entry.received_on, line.booked_on)
            return Candidate(row, 95 if near else 70, (how, ALREADY), entry)
        return Candidate(row, 40, (*why, SECOND))

    def _entries(self, line: BankLine) -> list[Payment]:
        return self.entered.get((line.currency, line.amount_minor), [])

    def _by_amount(self, line: BankLine) -> Iterable[Candidate]:
        rows = self.by_amount.get((line.currency, line.amount_minor), [])
        for row in rows:
            likeness = names.alike(row.name, _who(line)) if row.name else names.NONE
            if likeness == names.STRONG:
                yield Candidate(row, 75, (AMOUNT, NAME))
            elif likeness == names.SOME:
                yield Candidate(row, 60, (AMOUNT, PART_OF_NAME))
            elif len(rows) < SHOWN:
                yield Candidate(row, 40, (AMOUNT,))

    def _by_entry(self, line: BankLine) -> Iterable[Candidate]:
        for entry in self._entries(line):
            if _near(entry.received_on, line.booked_on):
                likeness = names.alike(entry.pledge.name, _who(line)) if entry.pledge.name else names.NONE
                named = (NAME,) if likeness == names.STRONG else ()
                yield Candidate(entry.pledge, 70 if named else 45, (AMOUNT, *named, ALREADY), entry)

    def _by_name(self, line: BankLine) -> Iterable[Candidate]:
        who = _who(line)
        near = {row.pk: row for bone in names.bones(who) for row in self.by_bones.get(bone, ())}
        for row in list(near.values())[:200]:
            differs = row.currency == line.currency and row.amount_minor != line.amount_minor
            if differs and names.alike(row.name, who) == names.STRONG:
                yield Candidate(row, 45, (NAME, OTHER_AMOUNT))


def _codes_of(line: BankLine) -> dict[str, bool]:
    """The codes in each part of a line: none runs from one part into the next."""
    found: dict[str, bool] = {}
    for part in (line.text, line.end_to_end, line.reference, line.counterparty):
        for code, exact in codes_in(part).items():
            found[code] = found.get(code, False) or exact
    return found


def _near(one: date | None, other: date) -> bool:
    return one is not None and abs(one - other) <= NEAR


def _who(line: BankLine) -> str:
    """Who paid: named apart, or somewhere in the words of banks that name nobody apart."""
    return line.counterparty or line.text


def _entered(organisation: Organisation, lines: list[BankLine]) -> dict[tuple[str, int], list[Payment]]:
    """Transfers entered by hand that no line is tied to, by currency and amount."""
    found: dict[tuple[str, int], list[Payment]] = defaultdict(list)
    rows = Payment.objects.filter(
        collector=organisation,
        channel=Pledge.Channel.TRANSFER,
        state=Payment.State.RECEIVED,
        account=None,
        bank_line=None,
        amount_minor__in={line.amount_minor for line in lines},
    )
    for row in rows.select_related("pledge__campaign").order_by("pk")[:MOST_WAITING] if lines else ():
        found[row.currency, row.amount_minor].append(row)
    return found


def _deposits(organisation: Organisation, lines: list[BankLine]) -> dict[tuple[str, int], list[Deposit]]:
    found: dict[tuple[str, int], list[Deposit]] = defaultdict(list)
    amounts = {line.amount_minor for line in lines}
    rows = Deposit.objects.filter(collector=organisation, undone_at=None, amount_minor__in=amounts)
    for row in rows.order_by("-pk")[:200] if lines else ():
        found[row.currency, row.amount_minor].append(row)
    return found
