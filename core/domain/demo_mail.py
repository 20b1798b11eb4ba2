"""The mail of a demonstration, which is kept in files and goes nowhere: so that people find their code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

SEPARATOR = b"\n" + b"-" * 79 + b"\n"
"""What Django's file backend writes after each message."""


@dataclass(frozen=True)
class Mail:
    """One message as the mailbox shows it."""

    to: str
    subject: str
    text: str
    at: datetime


def newest(folder: Path, *, to: str = "", number: int = 30) -> list[Mail]:
    """The newest mails of the folder, at most ``number``, those to one address when ``to`` is given."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    found: list[Mail] = []
    for path in files:
        mails = [read(raw) for raw in reversed(path.read_bytes().split(SEPARATOR)) if raw.strip()]
        found += [mail for mail in mails if to.casefold() in mail.to.casefold()]
        if len(found) >= number:
            break
    return sorted(found, key=lambda mail: mail.at, reverse=True)[:number]


def read(raw: bytes) -> Mail:
    """A message of the file backend."""
    message = message_from_bytes(raw.lstrip(), _class=EmailMessage, policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body is not None else "",
        at=parsedate_to_datetime(str(message["Date"])) if message["Date"] else datetime.now(UTC),
    )
