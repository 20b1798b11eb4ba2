"""Preview cards: the 1200 × 630 picture that messengers show of a link, drawn once and kept as a file."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import get_language

from core.conf import instance
from core.models import Project
from core.models.languages import best

DESIGN = "2"
"""Changes with the drawing, so that cards drawn before are drawn again."""


def words(subject: Any) -> tuple[str, str, str, str]:
    """What a card says: title, line below, kind or stage, and the code its motif is drawn from."""
    territory = subject if subject.subject_type == "core.territory" else getattr(subject, "territory", None)
    owner = subject.subject_owner
    line = " · ".join(str(part) for part in (territory, owner) if part is not None and part is not subject)
    kind = Project.Stage(subject.stage).label if isinstance(subject, Project) else subject._meta.verbose_name
    return (
        subject.subject_title,
        line,
        str(kind),
        territory.code if territory is not None else subject.subject_key,
    )


def language_of(subject: Any) -> str:
    """The language a card is written in: the active one, or the one the texts are in."""
    language = get_language() or "fr"
    texts = getattr(subject, "texts", None)
    return (best(dict(texts), language) or language) if isinstance(texts, dict) else language


def version(subject: Any) -> str:
    """A short name of all that a card shows: another text, another name."""
    said = [DESIGN, instance().slug, get_language() or "", *words(subject)]
    if (progress := subject.card_progress) is not None:
        said += map(str, progress)
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def address(subject: Any) -> str:
    """The path of a subject's card in the active language; it changes when the card does."""
    return f"{reverse('share_card', args=[subject.subject_type, subject.subject_key])}?v={version(subject)}"


def card(subject: Any) -> bytes:
    """The card as JPEG of at most 150 kB, from the file when it was drawn before."""
    progress = subject.card_progress
    folder = f"cards/{subject.subject_key}-{get_language()}" if progress is not None else "cards"
    name = f"{folder}/{version(subject)}.jpg"
    if default_storage.exists(name):
        with default_storage.open(name) as stream:
            return bytes(stream.read())
    from core.domain.drawing import draw

    title, line, kind, code = words(subject)
    site = instance().text(instance().title, get_language() or "fr")
    picture = draw(
        title=title,
        line=line,
        kind=kind,
        code=code,
        site=site,
        language=language_of(subject),
        progress=progress,
    )
    if progress is not None:
        forget(folder)
    default_storage.save(name, ContentFile(picture))
    return picture


def forget(folder: str) -> None:
    """Remove the cards of a subject's earlier days: one whose bar moves would leave a file for each step."""
    try:
        _folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        default_storage.delete(f"{folder}/{name}")
