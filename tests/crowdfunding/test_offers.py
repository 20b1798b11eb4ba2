"""Offers of things as those who receive see them: who may answer, and what each answer does (D8)."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from plugins.crowdfunding.domain import in_kind, offers
from tests.crowdfunding.factories import CampaignFactory, manager, treasurer
from tests.crowdfunding.test_in_kind import chairs
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = str(tmp_path)


@pytest.fixture
def campaign():
    return CampaignFactory(receiver=OrganisationFactory(name="Commune d'Asserar"))


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "PNG")
    return SimpleUploadedFile("arrivée.png", out.getvalue(), "image/png")


class TestAnswering:
    """Managers of who receives or collects answer; nobody else sees anything."""

    def act(self, row, act):
        return reverse("crowdfunding:offer_act", args=[row.campaign.slug, "things", row.uid, act])

    def test_a_manager_takes_it_to_the_end(self, client, campaign):
        row = chairs(campaign)
        client.force_login(manager(campaign.receiver))
        listed = client.get(reverse("crowdfunding:offers", args=[campaign.slug, "things"])).content.decode()
        assert "20 × Chaises" in listed
        assert client.post(self.act(row, "accept"), {"sentence": "Merci"}).status_code == 302
        day = f"{timezone.localdate():%Y-%m-%d}"
        sent = {"carrier": "Atlas", "left_on": day, "border_post": "Tanger Med", "expected_on": "2020-01-01"}
        assert client.post(self.act(row, "ship"), sent).status_code == 422
        assert client.post(self.act(row, "ship"), sent | {"expected_on": day}).status_code == 302
        counts = {f"arrived_{thing.pk}": thing.quantity for thing in row.things.all()}
        came = {"by_whom": "La directrice", "on": day, **counts}
        assert client.post(self.act(row, "receive"), came).status_code == 422  # neither photo nor note
        assert client.post(self.act(row, "receive"), came | {"file": picture()}).status_code == 302
        row.refresh_from_db()
        assert row.state == "received"
        page = reverse("crowdfunding:offer_answer", args=[campaign.slug, "things", row.uid])
        assert client.get(page).status_code == 200
        client.logout()
        assert (
            client.get(reverse("crowdfunding:offer_photo", args=[row.token]))["Content-Type"] == "image/jpeg"
        )

    def test_a_no_needs_a_sentence(self, client, campaign):
        row = chairs(campaign)
        client.force_login(manager(campaign.collector))
        assert client.post(self.act(row, "decline"), {"sentence": " "}).status_code == 422
        assert client.post(self.act(row, "decline"), {"sentence": "Pas la place"}).status_code == 302
        row.refresh_from_db()
        assert (row.state, row.answer) == ("declined", "Pas la place")
        assert client.post(self.act(row, "accept"), {}).status_code == 302  # too late: told, nothing changes
        row.refresh_from_db()
        assert row.state == "declined"

    @pytest.mark.parametrize("who", ["stranger", "animator", "treasurer", "donor", "project"])
    def test_others_see_and_do_nothing(self, client, campaign, who):
        row = in_kind.accept(chairs(campaign), "", by=None)
        people = {
            "stranger": PersonFactory,
            "animator": lambda: PersonFactory(is_animator=True),
            "treasurer": lambda: treasurer(campaign.receiver),
            "donor": lambda: PersonFactory(email=row.email),
            "project": lambda: manager(campaign.project.owner),
        }
        client.force_login(people[who]())
        slug = campaign.slug
        addresses = [
            reverse("crowdfunding:offers", args=[slug, "things"]),
            reverse("crowdfunding:offer_answer", args=[slug, "things", row.uid]),
            reverse("crowdfunding:offer_answer_deed", args=[slug, row.uid, "fr"]),
            reverse("crowdfunding:offer_answer_photo", args=[slug, row.uid]),
            *(self.act(row, act) for act in ("accept", "decline", "ship", "receive")),
        ]
        assert [client.get(address).status_code for address in addresses] == [403] * len(addresses)
        assert client.post(self.act(row, "decline"), {"sentence": "x"}).status_code == 403

    def test_an_offer_belongs_to_its_campaign(self, client, campaign):
        row = chairs(CampaignFactory())
        client.force_login(manager(campaign.receiver))
        address = reverse("crowdfunding:offer_answer", args=[campaign.slug, "things", row.uid])
        assert client.get(address).status_code == 404

    def test_the_list_costs_the_same_with_many_offers(self, client, campaign, django_assert_max_num_queries):
        for number in range(25):
            chairs(campaign, giver=offers.Giver(f"g{number}@tiwizi.example", "G"))
        client.force_login(manager(campaign.receiver))
        address = reverse("crowdfunding:offers", args=[campaign.slug, "things"])
        client.get(address)
        with django_assert_max_num_queries(14):
            assert "after=" in client.get(address).content.decode()
