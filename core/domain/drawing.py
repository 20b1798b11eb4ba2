"""Draws preview cards with Pillow: letters of three scripts, motifs, the colours of the site's theme."""

from __future__ import annotations

import io
import re
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from django.contrib.staticfiles import finders
from PIL import Image, ImageChops, ImageDraw, ImageFont

from core.conf import instance
from core.models.languages import direction
from core.models.subjects import Progress
from core.motif import motif

WIDTH, HEIGHT, EDGE, BAND, TILE = 1200, 630, 72, 170, 85
LARGEST_FILE = 150_000
FONTS = Path(__file__).resolve().parents[1] / "fonts"
# Letters are joined here and not by the system's text engine, which is not the same on every machine.
JOIN = ArabicReshaper({"support_ligatures": True, "delete_harakat": True})
EMBED = str.maketrans("\u2066\u2067\u2068\u2069\u202f", "\u202a\u202b\u202a\u202c\u00a0")
"""Isolates as the embeddings that the text order knows; the narrow space, which has no shape here, as a wide one."""
STEP = re.compile(r"([MHVZ])|(-?\d+(?:\.\d+)?)")


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """The light colours of the site's theme by name."""
    found = finders.find(f"{instance().slug}/theme.css") or finders.find("core/tokens.css")
    css = Path(str(found)).read_text(encoding="utf-8").split("@media")[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", css))


@lru_cache(maxsize=64)
def font(script: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """A font for a script: ``latin``, ``arabic`` or ``tifinagh``."""
    weight = "Bold" if bold else "Regular"
    name = {"arabic": f"NotoSansArabic-{weight}", "tifinagh": "NotoSansTifinagh-Regular"}.get(
        script, f"NotoSans-{weight}"
    )
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size, layout_engine=ImageFont.Layout.BASIC)


def script(char: str) -> str:
    """The script a character is drawn with; signs and digits go with Latin."""
    if "\u2d30" <= char <= "\u2d7f":
        return "tifinagh"
    return "arabic" if "\u0600" <= char <= "\u06ff" or "\ufb50" <= char <= "\ufefc" else "latin"


def visible(text: str, language: str) -> str:
    """A line in the order it is drawn from left to right, Arabic letters joined."""
    base = "R" if direction(language) == "rtl" else "L"
    return str(get_display(JOIN.reshape(text.translate(EMBED)), base_dir=base))


def length(text: str, size: int, bold: bool, language: str) -> float:
    """How wide a line is, in pixels."""
    runs = groupby(visible(text, language), script)
    return sum(font(name, size, bold).getlength("".join(run)) for name, run in runs)


def write(
    pen: ImageDraw.ImageDraw,
    text: str,
    *,
    at: tuple[float, float],
    size: int,
    bold: bool,
    colour: str,
    language: str,
) -> None:
    """Draw one line from its starting edge: left in French, right in Arabic; ``at`` is on the base line."""
    x, y = at
    if direction(language) == "rtl":
        x -= length(text, size, bold, language)
    for name, run in groupby(visible(text, language), script):
        part = "".join(run)
        pen.text((x, y), part, font=font(name, size, bold), fill=colour, anchor="ls")
        x += font(name, size, bold).getlength(part)


def lines(text: str, *, width: int, size: int, most: int, language: str) -> list[str]:
    """A text cut into lines at words; what does not fit in ``most`` lines ends with an ellipsis."""
    found: list[str] = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if length(longer, size, True, language) <= width or not found[-1]:
            found[-1] = longer
        else:
            found.append(word)
    if len(found) > most:
        found = [*found[: most - 1], f"{found[most - 1].rsplit(' ', 1)[0]}…"]
    return found


def outline(path: str) -> list[list[tuple[float, float]]]:
    """The polygons of a mark's path, which only moves, runs straight and closes."""
    shapes: list[list[tuple[float, float]]] = []
    numbers: list[float] = []
    mode, x, y = "M", 0.0, 0.0
    for letter, number in STEP.findall(path):
        if letter:
            mode = letter
            if letter == "M":
                shapes.append([])
            continue
        numbers.append(float(number))
        if mode == "H":
            x = numbers.pop()
        elif mode == "V":
            y = numbers.pop()
        elif len(numbers) == 2:
            (x, y), numbers = (numbers[0], numbers[1]), []
            mode = "L" if mode == "M" else mode
        else:
            continue
        shapes[-1].append((x, y))
        mode = "L"
    return shapes


@lru_cache(maxsize=256)
def stamp(code: str, size: int) -> Image.Image:
    """The mark of a code as a mask of ``size`` pixels."""
    scale = size * 4 / 40
    mask = Image.new("1", (size * 4, size * 4))
    for shape in outline(motif(code).mark):
        layer = Image.new("1", mask.size)
        ImageDraw.Draw(layer).polygon([(x * scale, y * scale) for x, y in shape], fill=1)
        mask = ImageChops.logical_xor(mask, layer)
    return mask.convert("L").resize((size, size), Image.Resampling.LANCZOS)


def bar(pen: ImageDraw.ImageDraw, progress: Progress, language: str) -> None:
    """How far it is: what is there and what is promised, from the starting edge, with the words below."""
    colour, right = colours(), direction(language) == "rtl"
    width, top = WIDTH - 2 * EDGE, 418
    pen.rounded_rectangle((EDGE, top, WIDTH - EDGE, top + 30), 15, fill=colour["line"])
    done = [(progress.there + progress.promised, "promised"), (progress.there, "have")]
    for percent, name in done:
        if percent:
            size = max(30, width * min(100, percent) // 100)
            left = WIDTH - EDGE - size if right else EDGE
            pen.rounded_rectangle((left, top, left + size, top + 30), 15, fill=colour[name])
    start, end = (WIDTH - EDGE, EDGE) if right else (EDGE, WIDTH - EDGE)
    say = partial(write, pen, size=36, bold=True, language=language)
    say(progress.words, at=(start, top + 78), colour=colour["ink"])
    wide = length(progress.rest, 36, True, language)
    say(progress.rest, at=(end + wide if right else end - wide, top + 78), colour=colour["accent-ink"])


def band(picture: Image.Image, pen: ImageDraw.ImageDraw, code: str) -> None:
    """The top of a card: the place's motif repeated on the site's colour."""
    colour = colours()
    pen.rectangle((0, 0, WIDTH, BAND), fill=colour["primary"])
    for row in range(BAND // TILE):
        for column in range(-1, WIDTH // TILE + 1):
            place = (column * TILE + (TILE // 2 if row % 2 else 0) + 12, row * TILE + 12)
            picture.paste(colour["accent"], place, stamp(code, TILE - 24))
    pen.rectangle((0, BAND, WIDTH, BAND + 8), fill=colour["accent"])


def headline(pen: ImageDraw.ImageDraw, title: str, *, start: int, short: bool, language: str) -> None:
    """The title as large as its length allows, on two lines at most when it has to be short."""
    if short:
        size, most = 52, 2
    elif length(title, 68, True, language) <= 2 * (WIDTH - 2 * EDGE) * 0.9:
        size, most = 68, 2
    else:
        size, most = 54, 3
    ink, baseline = colours()["ink"], BAND + 92 + size
    for text in lines(title, width=WIDTH - 2 * EDGE, size=size, most=most, language=language):
        write(pen, text, at=(start, baseline), size=size, bold=True, colour=ink, language=language)
        baseline += int(size * 1.28)


def compressed(picture: Image.Image) -> bytes:
    """A picture as JPEG, as good as the largest file that messengers show allows."""
    for quality in (86, 76, 64, 50):
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=quality, optimize=True, progressive=True)
        if stream.tell() <= LARGEST_FILE:
            break
    return stream.getvalue()


def draw(
    *,
    title: str,
    line: str,
    kind: str,
    code: str,
    site: str,
    language: str,
    progress: Progress | None = None,
) -> bytes:
    """A card as JPEG: a band of the place's motif, the title, the place and who carries it, the site's name.

    With progress the title is shorter and a bar stands below it.
    """
    colour = colours()
    picture = Image.new("RGB", (WIDTH, HEIGHT), colour["sheet"])
    pen = ImageDraw.Draw(picture)
    band(picture, pen, code)
    start = WIDTH - EDGE if direction(language) == "rtl" else EDGE
    say = partial(write, pen, language=language)
    say(kind, at=(start, BAND + 72), size=34, bold=True, colour=colour["accent-ink"])
    headline(pen, title, start=start, short=progress is not None, language=language)
    if progress is not None:
        bar(pen, progress, language)
    place = lines(line, width=WIDTH - 2 * EDGE, size=34, most=1, language=language)[0]
    below, above, small = (36, 84, 30) if progress else (44, 104, 34)
    say(place, at=(start, HEIGHT - above), size=small, bold=False, colour=colour["soft"])
    say(site, at=(start, HEIGHT - below), size=34, bold=True, colour=colour["primary"])
    return compressed(picture)
