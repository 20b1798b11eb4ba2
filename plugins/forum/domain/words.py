"""What people type, as safe HTML: paragraphs, quotations, links that search engines do not follow."""

from __future__ import annotations

import html
import re
from itertools import groupby

from django.utils.safestring import SafeString

from core.text import clean

LONGEST = 8000
"""Characters of one message."""
ADDRESS = re.compile(r"https?://\w[\w.-]*(?::\d{1,5})?(?:[/?#][^\s<>\"'»”]*)?")
TRAILING = ".,;:!?)]}…،؛؟"
ARABIC = re.compile(r"[؀-ۿݐ-ݿࢠ-ࣿﭐ-﷿ﹰ-ﻼ]")
TIFINAGH = re.compile(r"[ⴰ-⵿]")


class EmptyMessage(ValueError):
    """Nothing was typed."""


class TooLong(ValueError):
    """More than :data:`LONGEST` characters."""


def checked(text: str) -> str:
    """The text without control characters and outer blanks; raises EmptyMessage or TooLong."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(
        letter
        for letter in plain
        if letter in "\n\t" or letter.isprintable() or letter in "\u200c\u200d\u200e\u200f"
    )
    plain = re.sub(r"\n{3,}", "\n\n", plain).strip()
    if not any(letter.isalnum() or ord(letter) > 0x2000 for letter in plain):
        raise EmptyMessage
    if len(plain) > LONGEST:
        raise TooLong
    return plain


def linked(line: str) -> str:
    """One typed line escaped, with its web addresses as links."""
    parts, end = [], 0
    for found in ADDRESS.finditer(line):
        address = found.group().rstrip(TRAILING)
        parts.append(html.escape(line[end : found.start()]))
        shown = address.split("://", 1)[1]
        shown = shown if len(shown) <= 60 else shown[:59] + "…"
        parts.append(f'<a href="{html.escape(address)}">{html.escape(shown)}</a>')
        end = found.start() + len(address)
    return "".join(parts) + html.escape(line[end:])


def block(lines: list[str]) -> str:
    """Neighbouring lines as one paragraph."""
    return (
        f"<p>{'<br>'.join(linked(line) for line in lines)}</p>" if any(line.strip() for line in lines) else ""
    )


def paragraphs(lines: list[str]) -> str:
    """Lines as paragraphs parted by blank lines."""
    return "".join(
        block(list(group)) for blank, group in groupby(lines, lambda line: not line.strip()) if not blank
    )


def typed(text: str) -> SafeString:
    """Typed text as washed HTML; lines that start with “>” are a quotation."""
    parts = []
    for quoted, group in groupby(text.split("\n"), lambda line: line.lstrip().startswith(">")):
        lines = list(group)
        if quoted:
            inner = paragraphs([line.lstrip().lstrip(">").removeprefix(" ") for line in lines])
            parts.append(f"<blockquote>{inner}</blockquote>" if inner else "")
        else:
            parts.append(paragraphs(lines))
    return clean("".join(parts))


def quotation(name: str, text: str) -> str:
    """A message as the start of an answer that quotes it, without what it quoted itself."""
    lines = [line for line in text.split("\n") if not line.lstrip().startswith(">")]
    body = "\n".join(lines).strip()
    return "\n".join([f"> {name} :", *(f"> {line}" for line in body.split("\n"))]) + "\n\n"


def written_in(text: str, otherwise: str) -> str:
    """The language of a text by its script; in Latin letters the reader's own when it uses them, else French."""
    arabic, tifinagh = len(ARABIC.findall(text)), len(TIFINAGH.findall(text))
    latin = sum(letter.isascii() and letter.isalpha() for letter in text)
    if max(arabic, tifinagh) > latin:
        return "ar" if arabic >= tifinagh else "zgh"
    if not latin:
        return otherwise
    return otherwise if otherwise in {"fr", "en", "zgh"} else "fr"
