"""The one washer of HTML, and small facts about what people wrote."""

from __future__ import annotations

import html
import unicodedata

import nh3
from django.utils.safestring import SafeString, mark_safe

TAGS = {
    "p", "br", "strong", "em", "b", "i", "ul", "ol", "li", "blockquote", "a", "h2", "h3", "h4", "code", "pre",
    "figure", "figcaption", "hr", "span", "bdi",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "hreflang"}, "*": {"lang", "dir"}}
SCHEMES = {"http", "https", "mailto", "tel"}
ARABIC_FORMS = str.maketrans("أإآٱىةؤئ", "اااايهوي", "\u0640")


def clean(value: str) -> SafeString:
    """HTML with only what readers need: no script, style, image, event or foreign scheme; links are nofollow."""
    washed = nh3.clean(
        value, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener ugc"
    )
    return mark_safe(washed)


def plain(value: str) -> str:
    """The words of an HTML text, with spaces where blocks ended."""
    spaced = value.replace("</p>", "</p> ").replace("<br>", " ").replace("</li>", "</li> ")
    return " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())


def paragraphs(value: str) -> SafeString:
    """Typed text as washed HTML: blank lines part paragraphs, single breaks stay."""
    blocks = [block.strip() for block in value.replace("\r\n", "\n").split("\n\n")]
    body = "".join(f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)
    return clean(body)


def shorten(value: str, length: int) -> str:
    """The words of a text within a length, cut at a word and closed with an ellipsis."""
    words = plain(value)
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    if words[length - 1] != " ":
        cut = cut.rsplit(" ", 1)[0]
    return cut.rstrip(" ,;:.") + "…"


def fold(value: str) -> str:
    """Text as it is searched: no case, accents, vowel signs or variant letters, so that what people type is found."""
    for _twice in range(2):  # a compatibility form may hide a capital, a folded capital an accent
        value = unicodedata.normalize("NFKD", value.casefold())
    bare = "".join(char for char in value if not unicodedata.combining(char))
    return " ".join(bare.translate(ARABIC_FORMS).split())


def as_typed(value: str) -> str:
    """Washed HTML as its writer typed it, when it holds only paragraphs and breaks; otherwise the HTML itself."""
    bare = value.replace("</p>", "\n\n").replace("<p>", "").replace("<br>", "\n")
    return value if "<" in bare else html.unescape(bare).strip()
