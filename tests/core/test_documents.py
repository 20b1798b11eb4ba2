"""Documents: tagged PDF in French and Arabic, with our own fonts and nothing fetched from anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from django.template import engines

from core import documents

TEMPLATE = """{% extends "core/documents/base.html" %}{% block title %}{{ name }}{% endblock %}
{% block content %}<h1 dir="auto">{{ name }}</h1><p dir="auto">{{ words }}</p>
<table><tr><td class="n">{{ amount }}</td></tr></table>{{ more|safe }}{% endblock %}"""


@pytest.fixture
def printed(tmp_path):
    """Print the template above; gives the bytes."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "trial.html").write_text(TEMPLATE)
    engine = engines["django"].engine
    engine.dirs.append(str(folder))

    def make(language: str = "fr", **facts) -> bytes:
        facts = {"name": "Attestation", "words": "", "amount": "", "more": "", **facts}
        return documents.pdf("trial.html", facts, language)

    yield make
    engine.dirs.remove(str(folder))


def read(content: bytes, *, tool: str = "pdftotext", arguments: tuple[str, ...] = ()) -> str:
    done = subprocess.run(
        [tool, *arguments, "-", *(["-"] if tool == "pdftotext" else [])], input=content, capture_output=True
    )
    return done.stdout.decode()


def inside(content: bytes) -> bytes:
    """The file with its compressed parts opened."""
    parts = [content]
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        with suppress(zlib.error):
            parts.append(zlib.decompress(part))
    return b"\n".join(parts)


def test_a_document_is_pdf_for_screen_readers_too(printed):
    content = printed(name="Reçu n° 12")
    assert content.startswith(b"%PDF-")
    opened = inside(content)
    for sign in (b"/MarkInfo", b"/StructTreeRoot", b"pdfuaid:part", b"/Lang (fr)", b"/DisplayDocTitle true"):
        assert sign in opened, sign


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_every_language_prints_with_our_fonts_only(printed, language):
    content = printed(language, name="Don · هبة · ⵜⴰⵡⵉⵣⴰ", words="حافلة Asserar ⴰⵙⵔⵔⴰⵔ 12,50 €")
    names = {line.split()[0].split("+")[-1] for line in read(content, tool="pdffonts").splitlines()[2:]}
    assert names
    assert {name.removesuffix("-Bold").removesuffix("-Regular") for name in names} <= {
        "Print",
        "Print-Arabic",
        "Print-Tifinagh",
    }


def test_what_is_printed_can_be_read_again(printed):
    text = read(printed(name="Attestation de don", words="Idées & <b>dons</b>"))
    assert "Attestation de don" in text
    assert "Idées & <b>dons</b>" in text


def test_an_amount_keeps_its_order_in_an_arabic_document(printed):
    """Digits in groups are not turned round by the direction of the page."""
    from django.utils.safestring import mark_safe

    amount = mark_safe("<bdi>1\u00a0200\u00a0€</bdi>")
    assert "1 200 €" in read(printed("ar", name="هبة", amount=amount)).replace("\u00a0", " ")


def test_nothing_is_fetched_from_files_or_addresses(printed, tmp_path, monkeypatch):
    secret = tmp_path / "secret.txt"
    secret.write_text("kept here")
    asked = []
    monkeypatch.setattr(documents, "OutsideFile", lambda url: asked.append(url) or ValueError(url))
    printed(
        more=f'<img alt="" src="file://{secret}"><img alt="" src="http://127.0.0.1:9/x.png">'
        '<img alt="" src="font:../../manage.py"><link rel="attachment" href="/etc/hostname">'
    )
    assert len(asked) == 4


def test_a_picture_inside_the_page_is_printed(printed):
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    assert b"/Image" in printed(more=f'<img alt="point" src="data:image/png;base64,{dot}">')


def test_the_printer_costs_nothing_until_something_is_printed():
    script = "import django; django.setup(); import core.documents, core.urls, sys; sys.exit('weasyprint' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", script],
            check=False,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        ).returncode
        == 0
    )
