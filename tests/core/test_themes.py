"""Themes: each sets every property, and every pair of colours that carries words or shapes can be read (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THEMES = {
    "default": ROOT / "core/static/core/tokens.css",
    "tiznit": ROOT / "sites/tiznit/static/tiznit/theme.css",
    "argenteuil": ROOT / "sites/argenteuil/static/argenteuil/theme.css",
}
STYLE = ROOT / "core/static/core/style.css"
WORDS = [
    ("ink", "paper"), ("ink", "sheet"), ("soft", "paper"), ("soft", "sheet"), ("primary", "paper"),
    ("primary", "sheet"), ("on-primary", "primary"), ("accent-ink", "accent-wash"), ("accent-ink", "sheet"),
    ("late", "late-wash"), ("late", "sheet"), ("late", "paper"), ("ink", "accent-wash"),
]  # fmt: skip
SHAPES = [("accent", "paper"), ("accent", "sheet"), ("have", "sheet"), ("have", "line"), ("soft", "sheet")]


def colours(path: Path, dark: bool) -> dict[str, str]:
    """Colours of a theme; the dark ones are laid over the light ones."""
    light, _at, night = path.read_text(encoding="utf-8").partition("@media")
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", light))
    return found | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", night)) if dark else found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says():
    assert round(contrast("#ffffff", "#000000"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", THEMES)
def test_contrast(name, dark):
    palette = colours(THEMES[name], dark)
    faint = [
        f"{front} on {back}: {contrast(palette[front], palette[back]):.2f}"
        for pairs, least in ((WORDS, 4.5), (SHAPES, 3.0))
        for front, back in pairs
        if contrast(palette[front], palette[back]) < least
    ]
    assert not faint


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_sets_every_property(name):
    def properties(path):
        return set(re.findall(r"(--[\w-]+):", path.read_text(encoding="utf-8")))

    assert properties(THEMES[name]) == properties(THEMES["default"])
    assert 14 <= len(properties(THEMES[name])) <= 18


def test_the_two_instances_look_different():
    one, other = colours(THEMES["tiznit"], False), colours(THEMES["argenteuil"], False)
    assert not {name for name in ("paper", "primary", "accent") if one[name] == other[name]}


def test_stylesheet_uses_what_themes_set_and_no_physical_side():
    css = STYLE.read_text(encoding="utf-8")
    known = set(re.findall(r"(--[\w-]+):", THEMES["default"].read_text(encoding="utf-8") + css))
    local = {"--from", "--len", "--months", "--today", "--depth"}
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= known | local
    physical = re.findall(
        r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|(?<![\w-])(?:left|right|top|bottom|width|height)\s*:"
        r"|text-align:\s*(?:left|right)|float:",
        re.sub(r"\((?:max|min)-width:[^)]*\)", "", css),
    )
    assert not physical, physical
