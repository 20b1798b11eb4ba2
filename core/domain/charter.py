"""The charter in force, and who accepted it."""

from __future__ import annotations

from collections.abc import Mapping

from core.models import Charter, CharterAcceptance, Person
from core.text import clean


def current() -> Charter | None:
    """The charter in force, or None on a site that has written none yet."""
    return Charter.objects.order_by("-version").first()


def has_accepted(person: Person) -> bool:
    """Whether nothing more must be asked: the version in force is accepted, or there is none."""
    charter = current()
    return charter is None or CharterAcceptance.objects.filter(person=person, charter=charter).exists()


def accept(person: Person) -> None:
    """Write that the person accepts the version in force; safe to repeat."""
    charter = current()
    if charter is not None:
        CharterAcceptance.objects.get_or_create(person=person, charter=charter)


def ensure(version: int, texts: Mapping[str, str]) -> Charter:
    """A version with these texts, unless it exists: what people accepted is never rewritten."""
    washed = {language: str(clean(text)) for language, text in texts.items()}
    return Charter.objects.get_or_create(version=version, defaults={"texts": washed})[0]
