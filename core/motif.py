"""Geometric Amazigh motifs drawn from a code: the same place always has the same pattern, in a few hundred bytes."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

WIDE, HIGH = 96, 84
LINE = 'fill="none" stroke="currentColor" stroke-width="3"'


class Motif(NamedTuple):
    """``mark`` is a path in a 40-unit square; ``tile`` the inside of a 96 × 84 pattern; ``name`` a safe id."""

    name: str
    mark: str
    tile: str


def lozenge(half_width: int, half_height: int, *, x: int = WIDE // 2, y: int = HIGH // 2) -> str:
    """The path of a lozenge around a centre."""
    return f"M{x} {y - half_height} {x + half_width} {y} {x} {y + half_height} {x - half_width} {y}Z"


HEARTS = (
    f'<path d="{lozenge(11, 10)}" fill="var(--primary)"/>',
    f'<path d="{lozenge(12, 11)}{lozenge(5, 4)}" fill="var(--primary)" fill-rule="evenodd"/>',
    '<path d="M48 30V54M36 42H60" stroke="var(--primary)" stroke-width="6" fill="none"/>',
    '<path d="M40 34 48 42 40 50M56 34 48 42 56 50M48 30V54" stroke="var(--primary)" stroke-width="3" fill="none"/>',
    '<path d="M42 36H54V48H42Z" fill="var(--primary)"/>',
)
RINGS = (
    f'<path d="{lozenge(42, 36)}" {LINE}/>',
    f'<path d="{lozenge(42, 36)}{lozenge(34, 29)}" {LINE}/>',
    f'<path d="M48 6 57 14 66 14 66 22 90 42 66 62 66 70 57 70 48 78 39 70 30 70 30 62 6 42 30 22 30 14 39 14Z" {LINE}/>',
    f'<path d="{lozenge(42, 36)}" {LINE} stroke-dasharray="8 4"/>',
)
CORNERS = (
    "M0 0 14 12 0 24M96 0 82 12 96 24M0 60 14 72 0 84M96 60 82 72 96 84",
    "M0 0H16M0 0V16M96 0H80M96 0V16M0 84H16M0 84V68M96 84H80M96 84V68",
    "M0 8 8 0M0 18 18 0M88 0 96 8M78 0 96 18M0 76 8 84M0 66 18 84M88 84 96 76M78 84 96 66",
    "M0 10 10 0 20 10M76 10 86 0 96 10M0 74 10 84 20 74M76 74 86 84 96 74",
)
BANDS = (
    "",
    "M6 0 12 6 18 0M78 84 84 78 90 84",
    "M36 0 48 8 60 0M36 84 48 76 60 84",
    "M0 36 6 42 0 48M96 36 90 42 96 48",
)
MARKS = (
    "M20 2 38 20 20 38 2 20ZM20 9 9 20 20 31 31 20ZM20 14 26 20 20 26 14 20Z",
    "M20 2 38 20 20 38 2 20ZM20 8 8 20 20 32 32 20ZM17 13H23V17H27V23H23V27H17V23H13V17H17Z",
    "M2 2H38V38H2ZM7 7V33H33V7ZM20 9 31 20 20 31 9 20ZM20 15 15 20 20 25 25 20Z",
    "M2 20 11 11V20L20 29 29 20V11L38 20 20 38ZM20 2 29 11 20 20 11 11Z",
    "M2 2 20 12 38 2 28 20 38 38 20 28 2 38 12 20ZM20 15 15 20 20 25 25 20Z",
    "M4 4H17V17H4ZM23 4H36V17H23ZM4 23H17V36H4ZM23 23H36V36H23ZM20 15 25 20 20 25 15 20Z",
)


@lru_cache(maxsize=2048)
def motif(code: str) -> Motif:
    """The motif of a territory's code (or any other text)."""
    seed = hashlib.sha256(code.encode()).digest()
    heart, ring = HEARTS[seed[0] % len(HEARTS)], RINGS[seed[1] % len(RINGS)]
    corner, band = CORNERS[seed[2] % len(CORNERS)], BANDS[seed[3] % len(BANDS)]
    body = f'<path d="{lozenge(22 + seed[4] % 3 * 2, 19 + seed[4] % 3 * 2)}" fill="currentColor"/>'
    return Motif(
        name=f"m{seed[:3].hex()}",
        mark=MARKS[seed[5] % len(MARKS)],
        tile=f'{ring}{body}{heart}<path d="{corner}{band}" {LINE} opacity=".6"/>',
    )
