"""Somebody offers help on the pages: as a guest, signed in, too late, too often."""

import pytest
from django.urls import reverse

from core.models import Letter, Person
from plugins.volunteering.models import Application
from tests.factories import PersonFactory
from tests.volunteering.browsing import body
from tests.volunteering.factories import MissionFactory, SkillFactory, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uncached")]


def test_a_guest_applies_with_two_fields(client):
    """D6, ANCHORS 6: an address and a message, no account; the private link is mailed, not shown."""
    mission = MissionFactory()
    url = reverse("volunteering:apply", args=[mission.slug])
    page = client.get(url)
    assert [field.name for field in page.context["form"].visible_fields()] == ["email", "message"]
    answer = client.post(url, {"email": "Fatima@Tiwizi.example", "message": "Je peux aider"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("volunteering:applied", args=[mission.slug])
    application = Application.objects.get()
    assert application.applicant.email == "fatima@tiwizi.example"
    assert application.uid not in body(answer)
    assert not application.applicant.has_usable_password()


def test_applying_again_says_the_same_and_tells_nobody_who_applied(client):
    application = sent()
    url = reverse("volunteering:apply", args=[application.mission.slug])
    known = client.post(url, {"email": application.applicant.email, "message": "Encore"})
    fresh = client.post(url, {"email": "autre@tiwizi.example", "message": "Encore"})
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    assert Application.objects.count() == 2
    assert Letter.objects.filter(to=application.applicant.email).count() == 2  # the link once more
    application.refresh_from_db()
    assert application.message == "Je peux aider"


@pytest.mark.parametrize(
    "data",
    [
        {"email": "", "message": "x"},
        {"email": "nope", "message": "x"},
        {"email": "a@b.example", "message": " "},
    ],
)
def test_a_bad_offer_comes_back_with_the_form_still_filled(client, data):
    mission = MissionFactory()
    answer = client.post(reverse("volunteering:apply", args=[mission.slug]), data)
    assert answer.status_code == 422
    assert 'role="alert"' in body(answer)
    assert data["email"] in body(answer)
    assert not Application.objects.exists()
    assert not Person.objects.filter(email="a@b.example").exists()


def test_too_late_offers_similar_missions(client):
    skill = SkillFactory()
    mission, like, unlike = MissionFactory(state="filled"), MissionFactory(), MissionFactory()
    mission.skills.add(skill)
    like.skills.add(skill)
    answer = client.post(
        reverse("volunteering:apply", args=[mission.slug]), {"email": "a@b.example", "message": "x"}
    )
    assert answer.status_code == 409
    assert list(answer.context["similar"]) == [like, unlike]
    assert not Application.objects.exists()


def test_one_address_is_not_flooded(client):
    for number in range(6):
        url = reverse("volunteering:apply", args=[MissionFactory().slug])
        answer = client.post(url, {"email": "cible@tiwizi.example", "message": "x"})
        assert answer.status_code == (302 if number < 5 else 429)
    assert Application.objects.count() == 5
    assert "cible@tiwizi.example" in body(answer)


def test_somebody_signed_in_types_a_message_only(client):
    person = PersonFactory()
    client.force_login(person)
    mission = MissionFactory()
    answer = client.post(reverse("volunteering:apply", args=[mission.slug]), {"message": "Moi"})
    application = Application.objects.get(applicant=person)
    assert answer["Location"] == reverse("volunteering:application", args=[application.uid])
    assert application.confirmed_at is not None


def test_opening_the_private_link_confirms_the_address(client):
    application = sent()
    answer = client.get(application.url_for(application.applicant))
    assert answer.status_code == 200
    application.refresh_from_db()
    assert application.confirmed_at is not None
