"""Texts in several languages on one row."""

from django.utils.translation import get_language

FALLBACKS = {
    "fr": ("fr", "ar", "en", "zgh"),
    "ar": ("ar", "fr", "en", "zgh"),
    "en": ("en", "fr", "ar", "zgh"),
    "zgh": ("zgh", "fr", "ar", "en"),
}
RIGHT_TO_LEFT = {"ar"}


def order(language: str | None = None) -> tuple[str, ...]:
    """Languages to try for a reader, the reader's own first; Amazigh falls back to French."""
    return FALLBACKS.get((language or get_language() or "fr").split("-")[0], FALLBACKS["fr"])


def best(values: dict[str, object], language: str | None = None) -> str | None:
    """The language to show of those that have a value, or None when there is none."""
    known = next((code for code in order(language) if values.get(code)), None)
    return known or next((code for code, value in values.items() if value), None)


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


class NamedInLanguages:
    """Mixin of reference lists with ``name_fr name_ar name_zgh name_en`` columns."""

    name_fr: str
    name_ar: str
    name_zgh: str
    name_en: str

    @property
    def names(self) -> dict[str, str]:
        return {code: getattr(self, f"name_{code}") for code in FALLBACKS}

    @property
    def name(self) -> str:
        """The name for the active language."""
        names = self.names
        language = best(dict(names))
        return names[language] if language else ""

    def __str__(self) -> str:
        return self.name
