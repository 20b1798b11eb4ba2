"""Compiles every ``locale/*/LC_MESSAGES/django.po`` of the tree with Babel, so that no gettext is needed.

Run as ``python -m core.catalogues``. A catalogue newer than its source is left alone.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the ``.mo`` beside each ``.po`` that changed; gives those written."""
    written = []
    for folder in ("core", "plugins", "sites"):
        for source in sorted((root / folder).glob("**/locale/*/LC_MESSAGES/django.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as stream:
                catalogue = read_po(stream)
            fresh = target.with_suffix(".mo.new")
            with fresh.open("wb") as stream:
                write_mo(stream, catalogue)
            fresh.replace(target)
            written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_catalogues():
        print(path.relative_to(ROOT))
