"""Pictures, straight from the storage: a small instance has no other server for them."""

from __future__ import annotations

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

KINDS = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
}
FOLDER = "images/"
"""Where Wagtail keeps renditions; originals and what forms still hold are not given out."""


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """One picture, kept by browsers for a year: a rendition's name changes with its content."""
    kind = KINDS.get(path.rsplit(".", 1)[-1].lower())
    if kind is None or not path.startswith(FOLDER):
        raise Http404
    try:
        file = default_storage.open(path)
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError):
        raise Http404 from None
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
