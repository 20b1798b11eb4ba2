"""Private files: checked, cleaned, kept under names nobody guesses, given out with care (D15, D20)."""

from __future__ import annotations

import hashlib
import io
import stat
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from PIL import Image

from core.domain import files
from core.forms.files import FileForm
from core.models import PrivateFile
from core.privacy import personal_data
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    return tmp_path / "private"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **facts) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **facts)
    return out.getvalue()


def upload(content: bytes, name: str = "facture.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_a_new_jpeg(kind, folder):
    person = PersonFactory()
    kept = files.store(upload(picture(kind), "Facture n° 3.png"), person)
    content = (folder / kept.name).read_bytes()
    assert content == files.read(kept)
    assert Image.open(io.BytesIO(content)).format == "JPEG"
    assert (kept.kind, kept.original_name, kept.uploader) == ("image/jpeg", "Facture n° 3.jpg", person)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.size == len(content)


def test_where_and_when_a_photo_was_taken_is_removed():
    exif = Image.Exif()
    exif[0x0110], exif[0x9003] = "Secret phone", "2026:01:01 00:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture(exif=exif)
    assert b"Secret phone" in sent
    kept = files.read(files.store(upload(sent), None))
    assert b"Secret phone" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_pdf_is_kept_as_it_is():
    kept = files.store(upload(PDF, "ordre.PDF", "text/html"), None)
    assert files.read(kept) == PDF
    assert (kept.kind, kept.original_name) == ("application/pdf", "ordre.pdf")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", files.FileEmpty),
        (b"<html><script>alert(1)</script>", files.KindRefused),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", files.KindRefused),
        (b"GIF89a\x01\x00\x01\x00", files.KindRefused),
        (picture()[:60], files.KindRefused),
        (b"%PDF-" + b"0" * files.LARGEST, files.FileTooBig),
    ],
)
def test_other_files_are_refused_and_leave_nothing(content, error, folder):
    with pytest.raises(error):
        files.store(upload(content, "photo.jpg"), None)
    assert not PrivateFile.objects.exists()
    assert not folder.exists()


def test_a_picture_of_too_many_points_is_refused(monkeypatch):
    monkeypatch.setattr("core.domain.photos.LARGEST_AREA", 100)
    with pytest.raises(files.FileTooBig):
        files.store(upload(picture()), None)


def test_names_say_nothing_and_only_we_read_the_files(folder):
    one, two = (files.store(upload(picture(), "same.jpg"), None) for _ in range(2))
    assert one.name != two.name
    assert one.sha256 == two.sha256
    assert "same" not in one.name
    assert len(Path(one.name).stem) >= 43
    assert stat.S_IMODE((folder / one.name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\photos\\camion.JPG", "camion.jpg"),
        ("", "file.jpg"),
        ("صورة الحافلة.png", "صورة الحافلة.jpg"),
        ('a"b\r\nSet-Cookie: x.jpg', "abSet-Cookie: x.jpg"),
        ("x" * 300 + ".png", "x" * 100 + ".jpg"),
        ("facture\u202egpj.exe", "facturegpj.jpg"),
    ],
)
def test_the_name_people_gave_is_made_harmless(given, kept):
    assert files.plain_name(given, "jpg") == kept


def test_a_picture_is_shown_and_a_pdf_downloaded_and_neither_kept_by_caches():
    shown = files.answer(files.store(upload(picture(), "reçu.png"), None))
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("inline")
    saved = files.answer(files.store(upload(PDF, "devis.pdf"), None), "عرض.pdf")
    assert saved["Content-Disposition"].startswith("attachment")
    for response in (shown, saved):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]
        assert "sandbox" in response["Content-Security-Policy"]


def test_a_file_the_disk_lost_is_not_found(folder):
    kept = files.store(upload(PDF), None)
    (folder / kept.name).unlink()
    with pytest.raises(Http404):
        files.answer(kept)


def test_no_address_serves_private_files(client, folder):
    kept = files.store(upload(picture()), None)
    for path in (f"/media/{kept.name}", f"/media/images/../../private/{kept.name}", f"/private/{kept.name}"):
        assert client.get(path).status_code == 404


def test_a_form_shown_again_still_has_its_file():
    class Invoice(FileForm):
        file_required = True

    first = Invoice({}, {"file": upload(picture())}, by=PersonFactory())
    assert first.is_valid()
    again = Invoice({"file_kept": first.data["file_kept"]}, by=None)
    assert again.is_valid()
    assert again.kept_file == first.kept_file
    assert not Invoice({"file_kept": "forged"}, by=None).is_valid()
    assert not Invoice({}, {"file": upload(b"nonsense")}, by=None).is_valid()
    assert PrivateFile.objects.count() == 1


def test_who_leaves_is_forgotten_and_the_evidence_stays():
    person = PersonFactory()
    kept = files.store(upload(PDF, "preuve.pdf"), person)
    (data,) = [one for one in personal_data if one.label == "core.files"]
    assert data.export(person)[0]["name"] == "preuve.pdf"
    data.erase(person)
    kept.refresh_from_db()
    assert kept.uploader is None
    assert files.read(kept) == PDF
