"""Pictures are given out, and nothing else that lies beside them."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


@pytest.mark.parametrize(
    ("stored", "status"),
    [
        ("images/a.jpg", 200),
        ("original_images/a.jpg", 404),
        ("pending/a.jpg", 404),
        ("images/a.html", 404),
        ("documents/a.pdf", 404),
    ],
)
def test_only_renditions(client, stored, status):
    default_storage.save(stored, ContentFile(b"x"))
    answer = client.get(f"/media/{stored}")
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"] == "image/jpeg"
        assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["images/none.jpg", "images/../../secret.jpg", "images/%2e%2e/%2e%2e/x.jpg", "images/.jpg/"]
)
def test_nothing_elsewhere(client, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_nothing_is_written_there(client):
    assert client.post("/media/images/a.jpg").status_code == 405
