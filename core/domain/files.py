"""Private files: looked into before they are kept, given out only by a view that checked who asks."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path, PurePath
from typing import IO, Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from core.domain import photos
from core.models import Person, PrivateFile

LARGEST = 8 * 1024 * 1024
LARGEST_SIDE = 2400
"""Small print of a photographed invoice stays readable."""
PDF = "application/pdf"
ENDINGS = {"image/jpeg": "jpg", PDF: "pdf"}
SALT = "core.file"


class FileRefused(ValueError):
    """The file cannot be kept; the subclass says why."""


class FileTooBig(FileRefused):
    """More than LARGEST bytes, or a picture of too many points."""


class FileEmpty(FileRefused):
    """Nothing is in it."""


class KindRefused(FileRefused):
    """Neither a JPEG, PNG or WebP picture nor a PDF, whatever its name says."""


def store(upload: Any, by: Person | None) -> PrivateFile:
    """Keep an upload (a file with ``name`` and ``size``); raises FileTooBig, FileEmpty or KindRefused.

    Pictures are written anew as JPEG, upright and without where and when they were taken. The file is on the disk
    before its row: a row always has its file.
    """
    if upload.size > LARGEST:
        raise FileTooBig(upload.size)
    kind, content = _checked(upload)
    name = f"{secrets.token_hex(1)}/{secrets.token_urlsafe(32)}.{ENDINGS[kind]}"
    _write(root() / name, content)
    return PrivateFile.objects.create(
        name=name,
        original_name=plain_name(str(upload.name), ENDINGS[kind]),
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploader=by,
    )


def _checked(upload: IO[bytes]) -> tuple[str, bytes]:
    """What the content is, found in it, and what of it is kept."""
    upload.seek(0)
    content = upload.read(LARGEST + 1)
    if not content:
        raise FileEmpty
    if len(content) > LARGEST:
        raise FileTooBig(len(content))
    if content.startswith(b"%PDF-"):
        return PDF, content
    upload.seek(0)
    try:
        return "image/jpeg", photos.stripped(upload, side=LARGEST_SIDE)
    except photos.PhotoTooBig as error:
        raise FileTooBig(str(error)) from error
    except photos.PhotoRefused as error:
        raise KindRefused(str(error)) from error


def plain_name(name: str, ending: str) -> str:
    """The name a person gave, without folders and control characters, with the ending of what is kept."""
    stem = PurePath(name.replace("\\", "/")).stem
    kept = "".join(char for char in stem if char.isprintable() and char not in '/"').strip(" .")
    return f"{kept[:100] or 'file'}.{ending}"


def root() -> Path:
    """The folder of private files; nothing serves it."""
    return Path(settings.PRIVATE_ROOT)


def _write(path: Path, content: bytes) -> None:
    """Write a new file to the disk itself, readable by us alone."""
    root().mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read(file: PrivateFile) -> bytes:
    """The content; raises FileNotFoundError when the disk lost it."""
    return (root() / file.name).read_bytes()


def answer(file: PrivateFile, download_name: str = "") -> HttpResponse:
    """The file for a reader whose right to it the caller has checked: never kept by caches, never run as a page.

    Pictures are shown, everything else is downloaded. 404 when the disk lost it.
    """
    try:
        content = read(file)
    except FileNotFoundError:
        raise Http404(file.uid) from None
    return attachment(
        content, file.kind, download_name or file.original_name, show=file.is_picture and not download_name
    )


def attachment(content: bytes, kind: str, name: str, *, show: bool = False) -> HttpResponse:
    """Any private content as an answer: a file of ours, a document just printed."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not show, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def token(file: PrivateFile) -> str:
    """What a form shown again carries instead of the file itself."""
    return signing.dumps(file.uid, salt=SALT)


def of_token(given: str) -> PrivateFile | None:
    """The file behind a token, or nothing when we did not sign it."""
    try:
        uid = signing.loads(given, salt=SALT)
    except signing.BadSignature:
        return None
    return PrivateFile.objects.filter(uid=uid).first()
