"""What people type becomes safe HTML, whatever they type."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.forum.domain import words

ALLOWED = {"p", "br", "blockquote", "a"}


class Reader(HTMLParser):
    """Tags and attributes as a browser would find them, and the words between."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    'https://x.example/"onmouseover="alert(1)',
    "https://x.example/'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "> <iframe src=//evil.example>",
    "http://a.example/<script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "data:text/html;base64,PHNjcmlwdD4=",
    "http://&#106;avascript:alert(1)",
    "\u202e<b onclick=x>",
]
pieces = st.lists(
    st.one_of(
        st.sampled_from(HOSTILE), st.text(max_size=60), st.sampled_from(["\n", "\n\n", "> ", "https://"])
    )
)


@given(pieces.map("".join))
def test_typed_text_never_holds_script(text):
    """Hostile text is shown, never run."""
    reader = read(words.typed(text))
    for tag, attributes in reader.found:
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "rel"}
        if tag == "a":
            # The washer drops an address it cannot read; what is left is a word.
            assert re.match(r"https?://", attributes.get("href") or "https://")
            assert "nofollow" in (attributes["rel"] or "")


@given(st.text())
def test_checking_never_crashes_and_keeps_letters(text):
    try:
        kept = words.checked(text)
    except (words.EmptyMessage, words.TooLong):
        return
    assert "\x00" not in kept
    assert [letter for letter in kept if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_readable(hostile):
    """Washing shows what was typed instead of dropping it."""
    assert (
        "alert" not in hostile or "alert" in read(words.typed(hostile)).said or "href" in words.typed(hostile)
    )


def test_paragraphs_and_breaks():
    assert words.typed("un\ndeux\n\ntrois") == "<p>un<br>deux</p><p>trois</p>"


def test_quotations():
    html = words.typed("> elle disait\n> ceci\n\nOui.")
    assert html == "<blockquote><p>elle disait<br>ceci</p></blockquote><p>Oui.</p>"


def test_links_leave_out_the_full_stop():
    html = words.typed("Voir https://tiwizi.example/a?b=1&c=2.")
    assert 'href="https://tiwizi.example/a?b=1&amp;c=2"' in html
    assert html.endswith("</a>.</p>")


@pytest.mark.parametrize(
    ("text", "reader", "expected"),
    [
        ("السلام عليكم", "fr", "ar"),
        ("ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ", "fr", "zgh"),
        ("Bonjour", "ar", "fr"),
        ("Hello", "en", "en"),
        ("12 %", "ar", "ar"),
        ("Voir السلام عليكم ورحمة الله", "fr", "ar"),
    ],
)
def test_language_follows_the_script(text, reader, expected):
    """D11: each message carries the language it is written in."""
    assert words.written_in(text, reader) == expected


@pytest.mark.parametrize("empty", ["", "   \n ", "...", "\x00\x01"])
def test_nothing_said(empty):
    with pytest.raises(words.EmptyMessage):
        words.checked(empty)


def test_a_single_sign_is_a_message():
    assert words.checked("👍") == "👍"


def test_too_long():
    with pytest.raises(words.TooLong):
        words.checked("a" * (words.LONGEST + 1))


def test_a_quotation_does_not_repeat_quotations():
    assert words.quotation("Rachid", "> avant\nmaintenant") == "> Rachid :\n> maintenant\n\n"
