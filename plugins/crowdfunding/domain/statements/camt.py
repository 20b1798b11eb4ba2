"""CAMT.053 (ISO 20022), versions 02 to 08: a bank's statement as XML, read without trusting it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from plugins.crowdfunding.domain.banking import compact
from plugins.crowdfunding.domain.statements.lines import (
    LARGEST,
    MOST,
    Movement,
    NotAStatement,
    Parsed,
    believable,
    minor_units,
    tidy,
)

DEEPEST = 60
"""Levels of elements; the standard needs about twenty."""
AMOUNT = re.compile(r"\d{1,13}(\.\d{0,5})?|\.\d{1,5}")
NOTHING = {"NOTPROVIDED", "NONREF", "NOREF", "NOTAVAILABLE"}
"""What banks write where the payer gave no reference."""


def looks_like(data: bytes) -> bool:
    """Whether a file is XML, of whatever kind."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml", b"<Document", b"<!DOCTYPE", b"<")) or (
        data[:2] in (b"\xff\xfe", b"\xfe\xff") and b"<\x00" in data[:8] + b"\x00"
    )


def parse(data: bytes) -> list[Parsed]:
    """The statements of a file, one per account; raises NotAStatement alone, whatever the bytes are."""
    if len(data) > LARGEST:
        raise NotAStatement("too_big")
    root = _tree(data)
    statements = list(_all(root, "BkToCstmrStmt", "Stmt"))
    if not statements:
        other = next((child.tag for child in root), root.tag)
        raise NotAStatement("not_camt", tidy(str(other), 40))
    found = [Parsed(_account(one), tuple(_movements(one))) for one in statements]
    if sum(len(one.movements) for one in found) > MOST:
        raise NotAStatement("too_big")
    return found


def _tree(data: bytes) -> Element:
    """The document with bare names; no DTD, hence no entities, and no bottomless nesting."""
    depth, root = 0, None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                depth += 1
                root = element if root is None else root
                element.tag = str(element.tag).rpartition("}")[2]
                if depth > DEEPEST:
                    raise NotAStatement("not_xml")
            else:
                depth -= 1
    except DefusedXmlException:
        raise NotAStatement("entities") from None
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding nobody knows
        if isinstance(error, NotAStatement):
            raise
        raise NotAStatement("not_xml") from None
    if root is None:
        raise NotAStatement("not_xml")
    return root


def _all(element: Element, *path: str) -> Iterator[Element]:
    if not path:
        yield element
        return
    for child in element:
        if child.tag == path[0]:
            yield from _all(child, *path[1:])


def _text(element: Element, *paths: str) -> str:
    """The text at the first path that has one: ``Refs/AcctSvcrRef``."""
    for path in paths:
        for found in _all(element, *path.split("/")):
            if found.text and found.text.strip():
                return found.text.strip()
    return ""


def _account(statement: Element) -> str:
    return compact(tidy(_text(statement, "Acct/Id/IBAN", "Acct/Id/Othr/Id"), 60))[:34]


def _movements(statement: Element) -> Iterator[Movement]:
    for number, entry in enumerate(_all(statement, "Ntry"), start=1):
        if _text(entry, "Sts/Cd", "Sts").upper() in {"", "BOOK"}:  # others may still change or vanish
            yield from _of_entry(entry, f"{number}")


def _of_entry(entry: Element, where: str) -> Iterator[Movement]:
    """One line, or one for each payment of a batch whose parts add up to the whole."""
    amount, currency = _amount(entry, where)
    if not amount:
        return
    sign = _sign(entry, where)
    booked, value = _day(entry, "BookgDt", where), _day(entry, "ValDt", where)
    booked = booked or value
    if booked is None:
        raise NotAStatement("date", where)
    details = list(_all(entry, "NtryDtls", "TxDtls"))
    parts = [_part(detail, currency) for detail in details]
    whole = len(parts) < 2 or None in parts or sum(part or 0 for part in parts) != amount
    pieces = (
        [(details[0] if len(details) == 1 else entry, amount)] if whole else zip(details, parts, strict=True)
    )
    for detail, minor in pieces:
        yield Movement(
            booked_on=booked,
            value_on=value,
            amount_minor=sign * int(minor or 0),
            currency=currency,
            counterparty=tidy(_party(detail, "Dbtr" if sign > 0 else "Cdtr"), 140),
            text=tidy(_words(detail) or _together(details) or _text(entry, "AddtlNtryInf"), 500),
            reference=tidy(_known(_text(detail, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef")), 140),
            end_to_end=tidy(_known(_text(detail, "Refs/EndToEndId")), 140),
            is_return=_text(entry, "RvslInd").lower() in {"true", "1"},
        )


def _amount(entry: Element, where: str) -> tuple[int, str]:
    found = next(_all(entry, "Amt"), None)
    text = (found.text or "").strip() if found is not None else ""
    if found is None or not text.isascii() or not AMOUNT.fullmatch(text):
        raise NotAStatement("amount", where)
    currency = found.get("Ccy", "")
    return minor_units(Decimal(text), currency[:10], where), currency


def _part(detail: Element, currency: str) -> int | None:
    """What one payment of a batch is; None when it does not say so in the account's currency."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt")):
        for found in _all(detail, *path):
            text = (found.text or "").strip()
            if found.get("Ccy") == currency and text.isascii() and AMOUNT.fullmatch(text):
                return minor_units(Decimal(text), currency)
    return None


def _sign(entry: Element, where: str) -> int:
    try:
        return {"CRDT": 1, "DBIT": -1}[_text(entry, "CdtDbtInd").upper()]
    except KeyError:
        raise NotAStatement("sign", where) from None


def _day(entry: Element, name: str, where: str) -> date | None:
    text = _text(entry, f"{name}/Dt", f"{name}/DtTm")
    if not text:
        return None
    try:
        return believable(date.fromisoformat(text[:10]), where)
    except NotAStatement:
        raise
    except ValueError:
        raise NotAStatement("date", where) from None


def _party(detail: Element, role: str) -> str:
    """Who paid: version 08 puts a person below ``Pty``; a payer by order of another names that one last."""
    return _text(
        detail,
        f"RltdPties/{role}/Nm",
        f"RltdPties/{role}/Pty/Nm",
        f"RltdPties/Ultmt{role}/Nm",
        f"RltdPties/Ultmt{role}/Pty/Nm",
    )


def _words(detail: Element) -> str:
    """What the payer wrote, with a structured reference if there is one."""
    written = [one.text or "" for one in _all(detail, "RmtInf", "Ustrd")]
    written += [one.text or "" for one in _all(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")]
    written += [one.text or "" for one in _all(detail, "RmtInf", "Strd", "AddtlRmtInf")]
    return " ".join(written) if any(part.strip() for part in written) else _text(detail, "AddtlTxInf")


def _together(details: list[Element]) -> str:
    """The words of a batch that is one line, so that its codes are found."""
    return " ".join(filter(None, map(_words, details))) if len(details) > 1 else ""


def _known(reference: str) -> str:
    return "" if reference.upper().replace(" ", "") in NOTHING else reference
