"""Writers of bank statements, as banks make them: CAMT.053 in two versions and tables of several banks."""

from __future__ import annotations

import csv
import io
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from plugins.crowdfunding.domain import audit
from plugins.crowdfunding.domain.statements import booking, imports
from plugins.crowdfunding.domain.statements.lines import Movement
from tests.crowdfunding.factories import IBAN

DAY = date(2026, 11, 2)


def camt(lines, *, account=IBAN, version="02", status="BOOK", more="") -> bytes:
    """A statement with one entry per line."""
    entries = "".join(_entry(line, version, status) for line in lines)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId><CreDtTm>2026-11-20T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>{more}{entries}</Stmt>
</BkToCstmrStmt></Document>""".encode()


def _entry(line: Movement, version: str, status: str) -> str:
    state = f"<Sts>{status}</Sts>" if version < "08" else f"<Sts><Cd>{status}</Cd></Sts>"
    side, role = ("CRDT", "Dbtr") if line.amount_minor > 0 else ("DBIT", "Cdtr")
    name = f"<Nm>{escape(line.counterparty)}</Nm>"
    party = (
        f"<{role}>{name if version < '08' else f'<Pty>{name}</Pty>'}</{role}>" if line.counterparty else ""
    )
    value = f"<ValDt><Dt>{line.value_on.isoformat()}</Dt></ValDt>" if line.value_on else ""
    reference = f"<AcctSvcrRef>{escape(line.reference)}</AcctSvcrRef>" if line.reference else ""
    ending = escape(line.end_to_end or "NOTPROVIDED")
    amount = f"<Amt Ccy={quoteattr(line.currency)}>{abs(line.amount_minor) / 100:.2f}</Amt>"
    back = "<RvslInd>true</RvslInd>" if line.is_return else ""
    return f"""<Ntry>{amount}<CdtDbtInd>{side}</CdtDbtInd>{back}{state}
<BookgDt><Dt>{line.booked_on.isoformat()}</Dt></BookgDt>{value}{reference}
<NtryDtls><TxDtls><Refs><EndToEndId>{ending}</EndToEndId></Refs><RltdPties>{party}</RltdPties>
<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def table(rows, *, delimiter=";", encoding="utf-8") -> bytes:
    """Rows as a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode(encoding)


def french(minor: int) -> str:
    """1 234,56 with a no-break space, as French banks write it."""
    whole = f"{abs(minor) // 100:,}".replace(",", "\u00a0")
    return f"{'-' if minor < 0 else ''}{whole},{abs(minor) % 100:02}"


def took(campaign, keeper, *lines, **facts):
    """Lines imported from a CAMT file."""
    file = imports.File("statement.xml", camt(lines, **facts))
    return imports.import_file(campaign.collector, file, by=keeper)


def came(minor=5000, text="", *, day=DAY, **facts):
    return Movement(day, minor, "EUR", text=text, **facts)


def proposal(campaign):
    """What the only waiting line may be."""
    (found,) = booking.review(campaign.collector)
    return found


def intact(campaign):
    """No fault in books, tallies and states."""
    assert [fault for one in audit.run(campaign.project) for fault in one.faults] == []
    assert list(audit.of_campaigns(campaign.project)) == []


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/"
