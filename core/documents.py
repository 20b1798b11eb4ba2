"""Documents to print, sign and keep: a template becomes a tagged PDF, with our own fonts and nothing from outside."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from core.conf import instance
from core.models.languages import direction

FONTS = Path(__file__).resolve().parent / "fonts"
SCHEME = "font:"
FACES = {
    "latin": FONTS / "print" / "NotoSans-Regular.ttf",
    "latin-bold": FONTS / "print" / "NotoSans-Bold.ttf",
    "arabic": FONTS / "print" / "NotoSansArabic-Regular.ttf",
    "arabic-bold": FONTS / "print" / "NotoSansArabic-Bold.ttf",
    "tifinagh": FONTS / "NotoSansTifinagh-Regular.ttf",
}
"""The only files a document may load: ``url(font:latin)``."""

INLINE = frozenset({"a", "b", "bdi", "em", "i", "small", "span", "strong"})
STARTS = {"ltr": "\u2066", "rtl": "\u2067", "auto": "\u2068"}
END = "\u2069"


class OutsideFile(ValueError):
    """A document asked for a file or an address; documents are made of their template, their facts and our fonts."""


def pdf(template: str, context: Mapping[str, Any], language: str) -> bytes:
    """A template as accessible PDF (PDF/UA-1) in a language; the template extends ``core/documents/base.html``."""
    from weasyprint import HTML  # more than a second of import: only processes that print pay for it

    with translation.override(language):
        site = instance()
        facts = {
            "lang": language,
            "dir": direction(language),
            "site_title": site.text(site.title, language),
            "site_address": site.base_url,
        }
        html = render_to_string(template, {**facts, **context})
    document = HTML(string=html, base_url=site.base_url, url_fetcher=_fetcher())
    _isolate(document.etree_element)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1", custom_metadata=False))


def _isolate(root: Any) -> None:
    """Do what browsers do for ``dir="auto"`` and ``<bdi>``, which the printer does not know.

    Inline elements get the marks of Unicode around their text, blocks the direction of their first letter.
    """
    for element in root.iter():
        way = element.get("dir") or ("auto" if element.tag == "bdi" else "")
        if not way:
            continue
        if element.tag in INLINE:
            _enclose(element, STARTS.get(way, STARTS["auto"]))
        elif way == "auto":
            element.set("dir", _first_direction("".join(element.itertext())) or root.get("dir", "ltr"))


def _enclose(element: Any, start: str) -> None:
    element.text = start + (element.text or "")
    if len(element):
        element[-1].tail = (element[-1].tail or "") + END
    else:
        element.text += END


def _first_direction(text: str) -> str:
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return ""


@cache
def _fetcher() -> Any:
    """Gives our fonts and pictures written into the page itself; refuses every other address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyOurs(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:image/"):
                return super().fetch(url, headers)
            face = FACES.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
            if face is None:
                raise OutsideFile(url[:200])
            return URLFetcherResponse(url, face.read_bytes(), {"Content-Type": "font/ttf"})

    return OnlyOurs()
