"""The one washer: what it keeps, what it takes out, and that another engine agrees."""

import re

import bleach
from hypothesis import given
from hypothesis import strategies as st

from core import text

HOSTILE = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1)>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<p style='position:fixed'>x</p>",
    "<form action=//evil.example><input></form>",
]
FRAGMENTS = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.text(alphabet="<>/ abp=\"'&;:#x\n", max_size=20)), max_size=6
).map("".join)


def dangerous(html: str) -> bool:
    """Whether live markup could run or load something."""
    tags = re.findall(r"<[a-zA-Z/][^>]*>", html)
    return any(
        re.match(r"</?(script|style|iframe|img|svg|math|form|input|object|embed|link|meta|base)\b", tag, re.I)
        or re.search(r"\s(on\w+|style|srcset|src)\s*=", tag, re.I)
        or re.search(r"href\s*=\s*[\"']?\s*(javascript|data|vbscript)", tag, re.I)
        for tag in tags
    )


@given(FRAGMENTS)
def test_nothing_dangerous_survives(html):
    assert not dangerous(str(text.clean(html)))


@given(FRAGMENTS)
def test_washing_twice_changes_nothing(html):
    once = str(text.clean(html))
    assert str(text.clean(once)) == once


@given(FRAGMENTS)
def test_another_washer_finds_nothing_left_to_take(html):
    """A differential test: what nh3 lets through, bleach with the same lists finds harmless too."""
    washed = str(text.clean(html))
    attributes = {"a": ["href", "hreflang", "rel"], "*": ["lang", "dir"]}
    again = bleach.clean(washed, tags=text.TAGS, attributes=attributes, protocols=text.SCHEMES, strip=True)
    assert re.findall(r"<(/?\w+)", again) == re.findall(r"<(/?\w+)", washed)


def test_links_do_not_pass_credit_on():
    assert 'rel="nofollow noopener ugc"' in text.clean('<a href="https://example.org">x</a>')


def test_typed_text_keeps_its_lines_and_escapes():
    assert text.paragraphs("a <b>\nb\n\nc") == "<p>a &lt;b&gt;<br>b</p><p>c</p>"


def test_plain_and_shorten():
    assert text.plain("<p>un</p><p>deux &amp; trois</p>") == "un deux & trois"
    assert text.shorten("<p>" + "mot " * 50 + "</p>", 20) == "mot mot mot mot mot…"
