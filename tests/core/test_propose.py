"""J2: an idea from a phone, confirmed by a code, answered by an agent, changed and asked again."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image as Pillow

from core.domain import charter, confirmations, moderation, notices, proposals
from core.models import Confirmation, ModerationCase, Person, Project, Territory
from tests.factories import PersonFactory, ProjectFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
FIELDS = {
    "title": "Un puits pour l'école",
    "summary": "Il manque une pompe.",
    "email": "Idea@Tiwizi.example ",
}


@pytest.fixture(autouse=True)
def places(db):
    province = TerritoryFactory(code="09.581", level="province", name_fr="Tiznit", name_ar="تيزنيت")
    TerritoryFactory(code="a", name_fr="Tafraout", name_ar="تافراوت", parent=province)
    for code in ("b", "c"):
        TerritoryFactory(code=code, name_fr="Sidi Ouassay", name_ar="سيدي وساي", parent=province)
    charter.ensure(1, {"fr": "<p>Solidarité</p>"})


def photo(size=(80, 60), kind="JPEG", gps=True):
    out = io.BytesIO()
    picture = Pillow.new("RGB", size, "teal")
    exif = picture.getexif()
    if gps:
        exif.get_ifd(0x8825)[1] = "N"
        exif[0x010F] = "Phone"
    picture.save(out, kind, exif=exif)
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


def code_of(message=None):
    return re.search(r"^(\d{6})$", (message or mail.outbox[-1]).body, re.M).group(1)


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    def post(path, data=None):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, data or {})

    return post


@pytest.fixture
def proposed(send):
    """A guest's idea that waits for its code: the confirmation."""
    send("/fr/propose/", {**FIELDS, "place": "tafraout"})
    return Confirmation.objects.get()


def test_a_guests_idea_goes_all_the_way(client, send):
    """D1: four fields, a code, and the idea waits in the queue with a promise of an answer."""
    animator = PersonFactory(is_animator=True)
    page = client.get("/fr/propose/")
    assert len([f for f in page.context["form"].visible_fields() if f.field.required]) == 4
    answer = send("/fr/propose/", {**FIELDS, "place": "Tafraout", "photo": photo()})
    project = Project.objects.get()
    assert project.status == "unconfirmed"
    assert client.get(f"/fr/projects/{project.slug}/").status_code == 404
    (message,) = mail.outbox
    assert message.to == ["idea@tiwizi.example"]
    code = code_of()
    assert code not in str(Confirmation.objects.values())
    assert send(answer.url, {"code": code}).status_code == 400, "the charter is not accepted yet"
    done = send(answer.url, {"code": f" {code[:3]} {code[3:]} ", "charter": "on"})
    assert done.url == f"/fr/ideas/{project.uid}/"
    project.refresh_from_db()
    person = Person.objects.get(email="idea@tiwizi.example")
    assert (project.status, project.proposer) == ("waiting", person)
    assert charter.has_accepted(person)
    shown = client.get(done.url)
    assert shown.context["waiting"]
    assert shown.context["due"] == ModerationCase.objects.get().opened_at + timedelta(days=7)
    notices.deliver()
    assert mail.outbox[-1].to == [animator.email]
    assert client.get(answer.url).url == done.url, "coming back to the code leads on"


def test_a_photo_loses_where_it_was_taken(send):
    send("/fr/propose/", {**FIELDS, "place": "Tafraout", "photo": photo()})
    with Project.objects.get().cover.file.open() as stored, Pillow.open(stored) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()


def test_several_places_ask_which_and_keep_everything(client, send):
    page = send("/fr/propose/", {**FIELDS, "place": "sidi ouassay", "photo": photo()})
    assert page.status_code == 400
    form = page.context["form"]
    assert {code for code, _label in form.fields["place_code"].choices} == {"b", "c"}
    html = page.content.decode()
    assert "Un puits" in html
    token = form.photo_token
    assert token
    assert token in html
    send("/fr/propose/", {**FIELDS, "place": "sidi ouassay", "place_code": "c", "photo_kept": token})
    project = Project.objects.get()
    assert project.territory.code == "c"
    assert project.cover is not None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": "Nowhere at all"}, "place"),
        ({"place": ""}, "place"),
        ({"place": "sidi ouassay", "place_code": "a"}, "place_code"),
        ({"place": "Tafraout", "title": "  "}, "title"),
        ({"place": "Tafraout", "summary": "x" * 301}, "summary"),
        ({"place": "Tafraout", "email": "nobody"}, "email"),
        ({"place": "Tafraout", "photo": SimpleUploadedFile("x.jpg", b"<svg onload=1>")}, "photo"),
        ({"place": "Tafraout", "photo": SimpleUploadedFile("x.jpg", b"GIF89a" + b"0" * 50)}, "photo"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(send, change, field):
    page = send("/ar/propose/", FIELDS | change)
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert not Project.objects.exists()


def test_a_photo_that_is_too_big_is_refused(send, monkeypatch):
    monkeypatch.setattr("core.domain.photos.LARGEST_FILE", 100)
    page = send("/fr/propose/", {**FIELDS, "place": "Tafraout", "photo": photo()})
    assert "photo" in page.context["form"].errors


def test_a_forged_token_brings_no_photo(send):
    send("/fr/propose/", {**FIELDS, "place": "Tafraout", "photo_kept": "../../secret:x"})
    assert Project.objects.get().cover is None


def test_a_robot_is_not_heard(send):
    assert send("/fr/propose/", {**FIELDS, "place": "Tafraout", "website": "http://spam"}).status_code == 400
    assert not Project.objects.exists()


def test_too_many_from_one_address_are_told_to_wait(send, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"propose": "1/h"}
    assert send("/fr/propose/", {**FIELDS, "place": "Tafraout"}).status_code == 302
    page = send("/fr/propose/", {**FIELDS, "place": "Tafraout"})
    assert page.status_code == 429
    assert "Un puits" in page.content.decode()


def test_nobodys_mailbox_is_filled(send, monkeypatch):
    monkeypatch.setattr(confirmations, "PER_ADDRESS", 2)
    statuses = [send("/fr/propose/", {**FIELDS, "place": "Tafraout"}).status_code for _ in range(3)]
    assert statuses == [302, 302, 429]
    assert Project.objects.count() == 2, "nothing is half written"


class TestCode:
    def path(self, confirmation):
        return f"/fr/code/{confirmation.uid}/"

    def test_five_wrong_codes_close_it_and_a_new_one_opens_it(self, send, proposed):
        right = code_of()
        wrong = f"{(int(right) + 1) % 10**6:06}"
        for _ in range(5):
            page = send(self.path(proposed), {"code": wrong, "charter": "on"})
            assert "code" in page.context["form"].errors
        assert send(self.path(proposed), {"code": right, "charter": "on"}).status_code == 400
        assert Project.objects.get().status == "unconfirmed"
        send(self.path(proposed) + "resend/")
        assert send(self.path(proposed), {"code": code_of(), "charter": "on"}).status_code == 302
        assert Project.objects.get().status == "waiting"

    def test_it_expires_but_the_idea_stays(self, send, proposed):
        Confirmation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert send(self.path(proposed), {"code": code_of(), "charter": "on"}).status_code == 400
        assert Project.objects.get().status == "unconfirmed"

    def test_resending_has_an_end(self, send, proposed):
        for _ in range(6):
            send(self.path(proposed) + "resend/")
        assert len(mail.outbox) == confirmations.SENDINGS

    def test_it_opens_one_thing_once(self, proposed):
        code = code_of()
        proposals.confirm(proposed, code)
        with pytest.raises(confirmations.CodeExpired):
            proposals.confirm(proposed, code)
        assert ModerationCase.objects.count() == 1

    def test_a_code_for_another_purpose_opens_nothing(self, send, proposed, client):
        other = Confirmation.objects.create(
            purpose="elsewhere", email="x@tiwizi.example", expires_at=timezone.now() + timedelta(hours=1)
        )
        assert client.get(self.path(other)).status_code == 404

    def test_digits_of_another_script_are_digits(self, send, proposed):
        arabic = code_of().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        assert send(self.path(proposed), {"code": arabic, "charter": "on"}).status_code == 302

    def test_a_closed_account_is_not_reopened(self, send, proposed):
        PersonFactory(email="idea@tiwizi.example", is_active=False)
        assert send(self.path(proposed), {"code": code_of(), "charter": "on"}).status_code == 400
        assert Project.objects.get().status == "unconfirmed"


def test_who_is_signed_in_needs_no_code(client, send):
    person = PersonFactory()
    charter.accept(person)
    client.force_login(person)
    answer = send("/ar/propose/", {"title": "بئر", "summary": "مضخة", "place": "تافراوت"})
    project = Project.objects.get()
    assert answer.url == f"/ar/ideas/{project.uid}/"
    assert (project.proposer, project.status, project.language) == (person, "waiting", "ar")
    assert not mail.outbox


def test_the_author_follows_changes_and_asks_again(client, send):
    author, animator = PersonFactory(), PersonFactory(is_animator=True)
    charter.accept(author)
    place = Territory.objects.get(code="a")
    project = proposals.propose(
        proposer=author, title="Un puits", summary="Une pompe", language="fr", territory=place
    )
    moderation.decide(ModerationCase.objects.get(), by=animator, accept=False, answer="Où exactement ?")
    notices.deliver()
    refusal = next(message for message in mail.outbox if message.to == [author.email])
    assert "Où exactement ?" in refusal.body
    client.force_login(author)
    assert "Où exactement ?" in client.get(f"/fr/ideas/{project.uid}/").content.decode()
    change = {"title": "Un puits à Tafraout", "summary": "Une pompe au douar", "place": "Tafraout"}
    send(f"/fr/ideas/{project.uid}/edit/", change)
    project.refresh_from_db()
    assert (project.status, project.title) == ("waiting", "Un puits à Tafraout")
    assert "<p>Une pompe au douar</p>" in project.story
    assert ModerationCase.objects.filter(state="open").count() == 1
    send(f"/fr/ideas/{project.uid}/take-back/")
    project.refresh_from_db()
    assert project.status == "withdrawn"
    assert not ModerationCase.objects.filter(state="open").exists()


@pytest.mark.parametrize("path", ["", "edit/"])
def test_an_idea_is_nobody_elses(client, path):
    author = PersonFactory()
    place = Territory.objects.get(code="a")
    project = proposals.propose(
        proposer=author, title="Un puits", summary="x", language="fr", territory=place
    )
    url = f"/fr/ideas/{project.uid}/{path}"
    assert client.get(url).url.startswith("/fr/account/login/")
    client.force_login(PersonFactory())
    assert client.get(url).status_code == 404
    client.force_login(PersonFactory(is_animator=True))
    assert client.get(url).status_code == (302 if not path else 404)


def test_what_nobody_confirmed_is_forgotten(send):
    send("/fr/propose/", {**FIELDS, "place": "Tafraout", "photo": photo()})
    waiting = ProjectFactory(status="waiting")
    assert proposals.forget_unconfirmed() == 0
    assert proposals.forget_unconfirmed(timezone.now() + timedelta(days=8)) == 1
    assert list(Project.objects.all()) == [waiting]
    assert not Confirmation.objects.exists()
