"""Photos people send: checked, turned upright, made smaller and stripped of where and when they were taken."""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from typing import IO, Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow
from PIL import ImageOps
from wagtail.images import get_image_model

LARGEST_FILE = 8 * 1024 * 1024
LARGEST_SIDE = 1600
LARGEST_AREA = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "MPO")
FOLDER = "pending"
SALT = "core.photo"


class PhotoRefused(ValueError):
    """The file is no photo we can read; the subclass says why."""


class PhotoTooBig(PhotoRefused):
    """More than ``LARGEST_FILE`` bytes or ``LARGEST_AREA`` pixels."""


def keep(file: IO[bytes], size: int) -> str:
    """Store a clean copy of an upload and give a signed token for it, so that a form shown again still has it.

    Raises PhotoTooBig or PhotoRefused. The copy is a JPEG of 1600 px at most without any metadata.
    """
    if size > LARGEST_FILE:
        raise PhotoTooBig
    name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.jpg", ContentFile(stripped(file)))
    return signing.dumps(name, salt=SALT)


def stripped(file: IO[bytes], side: int = LARGEST_SIDE) -> bytes:
    """A picture as a new JPEG of at most ``side`` points a side, upright, without metadata.

    Raises PhotoTooBig or PhotoRefused.
    """
    try:
        with Pillow.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > LARGEST_AREA:
                raise PhotoTooBig
            upright: Any = ImageOps.exif_transpose(picture).convert("RGB")
    except PhotoRefused:
        raise
    except Exception as error:  # Pillow raises a dozen kinds for broken files
        raise PhotoRefused(str(error)) from error
    upright.thumbnail((side, side))
    bare = Pillow.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


def read_token(token: str) -> str:
    """The stored name behind a token, or nothing when we did not sign it or the file is gone."""
    try:
        name = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return ""
    return name if isinstance(name, str) and default_storage.exists(name) else ""


def to_image(token: str, *, title: str) -> Any:
    """Make the kept copy an image of the site; None when it is gone."""
    name = read_token(token)
    if not name:
        return None
    with default_storage.open(name) as stored:
        content = ContentFile(stored.read(), name=name.rsplit("/", 1)[-1])
    image = get_image_model()(title=title[:200] or "photo", file=content)
    image.save()
    default_storage.delete(name)
    return image


def forget(before: datetime) -> int:
    """Delete kept copies that no form came back for; gives how many."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    old = [
        f"{FOLDER}/{name}" for name in names if default_storage.get_created_time(f"{FOLDER}/{name}") < before
    ]
    for name in old:
        default_storage.delete(name)
    return len(old)
