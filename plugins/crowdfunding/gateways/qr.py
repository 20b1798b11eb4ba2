"""QR codes: as SVG inside a page, as PNG for a mail."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(text: str, *, label: str) -> SafeString:
    """An inline SVG with a name for those who do not see it; error level M as the EPC asks."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    drawn = code.svg_inline(scale=5, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    escaped = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return mark_safe(drawn.replace("<svg ", f'<svg role="img" aria-label="{escaped}" ', 1))


def png(text: str) -> bytes:
    """The same code as an image, about 300 pixels wide."""
    stream = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(stream, kind="png", scale=6, border=4)
    return stream.getvalue()
