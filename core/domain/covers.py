"""The photograph at the head of a project, in the sizes that pages ask for."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from wagtail.images.models import AbstractImage, SourceImageIOError

logger = logging.getLogger(__name__)
NARROW, WIDE = "fill-480x240|format-webp|webpquality-60", "fill-1152x432|format-webp|webpquality-62"


class Cover(NamedTuple):
    """A photograph for a phone and for a wide screen, and the words for those who do not see it."""

    narrow: Any
    wide: Any
    text: str


def cover_of(image: AbstractImage | None) -> Cover | None:
    """The renditions of a cover, one query once they are made; None without image or when its file is gone."""
    if image is None:
        return None
    try:
        made = image.get_renditions(NARROW, WIDE)
    except (SourceImageIOError, OSError):
        logger.warning("The file of image %s cannot be read", image.pk)
        return None
    return Cover(made[NARROW], made[WIDE], image.description or image.title)
