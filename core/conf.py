"""What makes one instance differ from another, in one typed value: ``settings.INSTANCE``."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True)
class Instance:
    """One instance of Tiwizi: who hosts it, where it stands, what it turns on.

    ``title`` and ``tagline`` are ``{language: text}``; ``territory`` is the HCP code (or slug abroad) the
    instance is at home in; ``currency`` the one proposed first; ``demo`` marks every page as sample data;
    ``source`` is where readers find the code that runs here (AGPL, section 13).
    """

    slug: str
    base_url: str
    title: dict[str, str]
    tagline: dict[str, str]
    territory: str
    host: str
    currency: str = "EUR"
    plugins: tuple[str, ...] = field(default_factory=tuple)
    demo: bool = False
    source: str = ""

    @property
    def domain(self) -> str:
        """Host and port as other instances know them."""
        return urlsplit(self.base_url).netloc

    def text(self, values: dict[str, str], language: str) -> str:
        """The value in a language, else French, else any."""
        return values.get(language) or values.get("fr") or next(iter(values.values()), "")


def instance() -> Instance:
    """The instance this process serves."""
    return settings.INSTANCE


def absolute(path: str) -> str:
    """An absolute URL of this instance for a path."""
    return path if path.startswith(("http://", "https://")) else instance().base_url + path
