"""Reads ``sites/<instance>/first_data/*.toml``."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.conf import instance

SITES = Path(__file__).resolve().parents[1]


def rows(file: str) -> list[dict[str, Any]]:
    """The tables of one file of this instance; none when the instance has no such file."""
    path = SITES / instance().slug / "first_data" / f"{file}.toml"
    if not path.exists():
        return []
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return next(iter(tables.values()), [])


def day(text: str) -> datetime:
    """A date of the data as noon, universal time."""
    return datetime.fromisoformat(text).replace(hour=12, tzinfo=UTC)
