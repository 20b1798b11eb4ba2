"""Things that are given: offered by a guest, answered, carried, received, with a deed for customs (D8)."""

from __future__ import annotations

import secrets

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import BudgetLine, JournalEntry, Letter
from plugins.crowdfunding.domain import deeds, in_kind, offers
from plugins.crowdfunding.domain.in_kind import Reception, Thing, Transport
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, InKindOffer
from plugins.crowdfunding.privacy import personal_data
from tests.crowdfunding.factories import CampaignFactory, manager
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
GIVER = offers.Giver("giver@tiwizi.example", "Fatima", "Argenteuil", "Bonjour")


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = str(tmp_path)


@pytest.fixture
def campaign():
    return CampaignFactory(receiver=OrganisationFactory(name="Commune d'Asserar"))


def chairs(campaign, quantity=20, *, line=None, giver=GIVER, key=None) -> InKindOffer:
    things = [Thing("Chaises", quantity, "good", 40_000, line), Thing("Tableaux", 2, "new", 0)]
    key = key or secrets.token_urlsafe(24)
    return in_kind.offer(campaign, giver, things, form_key=key, currency="EUR", pickup="Argenteuil")


def letters(step: str) -> int:
    return Letter.objects.filter(key__startswith=f"crowdfunding.things.{step}.").count()


def form(**changes) -> dict[str, str]:
    return {
        "form_key": secrets.token_urlsafe(24),
        "rows": "1",
        "action": "send",
        "what_0": "Fauteuils roulants",
        "quantity_0": "3",
        "condition_0": "good",
        "value_0": "600",
        "currency": "EUR",
        "pickup": "Argenteuil",
        "email": "Giver@Tiwizi.example",
        "name": "Fatima",
        **changes,
    }


class TestLife:
    """From the offer to the reception."""

    def test_all_the_way(self, campaign):
        by = manager(campaign.receiver)
        row = chairs(campaign)
        row = in_kind.accept(row, "Avec joie", by=by)
        row = in_kind.ship(row, Transport("Transports Atlas", timezone.localdate(), "Tanger Med"), by=by)
        row = in_kind.ship(row, Transport("Transports Rif", timezone.localdate(), "Nador"), by=by)
        first = row.things.first()
        row = in_kind.receive(
            row, Reception("M. le Caïd", timezone.localdate(), "Deux cassées", arrived={first.pk: 18}), by=by
        )
        assert (row.state, row.carrier, row.receiver) == ("received", "Transports Rif", campaign.receiver)
        assert [thing.arrived for thing in row.things.all()] == [18, 2]
        verbs = JournalEntry.objects.filter(verb__startswith="crowdfunding.things").order_by("pk")
        assert [entry.verb.rsplit(".")[-1] for entry in verbs] == ["offered", "accepted", "sent", "received"]
        assert [entry.public for entry in verbs] == [False, True, True, True]
        assert "18 × Chaises" in verbs.last().facts["what"]
        assert [letters(step) for step in ("offered", "accepted", "sent", "received")] == [1, 1, 2, 1]

    def test_no_person_stands_in_the_journal(self, campaign):
        in_kind.accept(chairs(campaign), "Merci Fatima", by=manager(campaign.receiver))
        facts = str(list(JournalEntry.objects.values_list("facts", flat=True)))
        assert "Fatima" not in facts
        assert "giver@" not in facts

    def test_deeds_are_numbered_without_gaps_in_each_organisation(self, campaign):
        by = manager(campaign.receiver)
        rows = [in_kind.accept(chairs(campaign), "", by=by) for _number in range(3)]
        assert [row.deed_number for row in rows] == [1, 2, 3]
        other = CampaignFactory()
        assert in_kind.accept(chairs(other), "", by=None).deed_number == 1
        assert deeds.number(rows[2]) == f"{timezone.localdate().year}-0003"

    @pytest.mark.parametrize("act", ["accept", "decline", "withdraw"])
    def test_what_is_over_stays_over(self, campaign, act):
        row = in_kind.withdraw(chairs(campaign))
        with pytest.raises(NotPossible):
            in_kind.withdraw(row) if act == "withdraw" else getattr(in_kind, act)(row, "x", by=None)

    def test_things_under_way_are_not_taken_back(self, campaign):
        row = in_kind.accept(chairs(campaign), "", by=None)
        row = in_kind.ship(row, Transport("x", timezone.localdate()), by=None)
        with pytest.raises(NotPossible):
            in_kind.withdraw(row)

    def test_more_cannot_arrive_than_was_sent(self, campaign):
        row = in_kind.accept(chairs(campaign), "", by=None)
        thing = row.things.first()
        with pytest.raises(in_kind.BadCount):
            in_kind.receive(row, Reception("x", timezone.localdate(), arrived={thing.pk: 21}), by=None)
        row.refresh_from_db()
        assert row.state == "accepted"

    def test_the_same_form_makes_one_offer(self, campaign):
        key = secrets.token_urlsafe(24)
        assert chairs(campaign, key=key) == chairs(campaign, key=key)
        with pytest.raises(offers.AlreadyUsed):
            chairs(campaign, 21, key=key)
        assert letters("offered") == 1

    @pytest.mark.parametrize("state", ["draft", "cancelled", "failed"])
    def test_campaigns_that_are_over_take_nothing(self, campaign, state):
        Campaign.objects.filter(pk=campaign.pk).update(state=state)
        campaign.refresh_from_db()
        with pytest.raises(offers.NotTaking):
            chairs(campaign)

    def test_a_line_of_another_project_or_kind_is_refused(self, campaign):
        stray = BudgetLine.objects.create(project=CampaignFactory().project, kind="in_kind", quantity=3)
        work = BudgetLine.objects.create(project=campaign.project, kind="days", quantity=3)
        for line in (stray, work):
            with pytest.raises(offers.WrongLine):
                chairs(campaign, line=line)


class TestGuest:
    """The form and the private page, without an account."""

    def offer(self, client, campaign, **changes):
        client.post(reverse("crowdfunding:offer_things", args=[campaign.slug]), form(**changes))
        return InKindOffer.objects.get()

    def test_two_screens_and_it_is_offered(self, client, campaign):
        address = reverse("crowdfunding:offer_things", args=[campaign.slug])
        assert client.get(address).status_code == 200
        response = client.post(address, form(), follow=True)
        row = InKindOffer.objects.get()
        assert response.redirect_chain[-1][0] == row.get_absolute_url()
        assert response["X-Robots-Tag"].startswith("noindex")
        assert row.email == "giver@tiwizi.example"
        assert row.value.amount == 600
        assert "Fauteuils roulants" in response.content.decode()

    def test_another_sort_of_things_finds_room_without_script(self, client, campaign):
        address = reverse("crowdfunding:offer_things", args=[campaign.slug])
        page = client.post(address, form(action="more", email="")).content.decode()
        assert 'name="what_1"' in page
        assert "Fauteuils roulants" in page
        assert 'id="errors"' not in page
        client.post(address, form(rows="2", what_1="Béquilles", quantity_1="5", condition_1="new"))
        assert [str(thing) for thing in InKindOffer.objects.get().things.all()] == [
            "3 × Fauteuils roulants",
            "5 × Béquilles",
        ]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"what_0": ""},
            {"quantity_0": "0"},
            {"quantity_0": "99999999999999999999"},
            {"value_0": "beaucoup"},
            {"value_0": "9000000"},
            {"currency": "USD"},
            {"condition_0": "broken"},
            {"email": "nobody"},
            {"name": ""},
            {"form_key": "short"},
            {"rows": "2", "what_1": "Béquilles"},
            {"rows": "2", "quantity_1": "4"},
            {"line_0": "unknown"},
        ],
    )
    def test_what_is_wrong_is_said_with_the_form_still_filled(self, client, campaign, wrong):
        BudgetLine.objects.create(project=campaign.project, kind="in_kind", quantity=3, texts={"fr": "Lits"})
        address = reverse("crowdfunding:offer_things", args=[campaign.slug])
        response = client.post(address, form(**wrong))
        assert response.status_code == 422
        assert 'value="Argenteuil"' in response.content.decode()
        assert not InKindOffer.objects.exists()

    def test_the_giver_takes_it_back_after_confirming(self, client, campaign):
        row = self.offer(client, campaign)
        address = reverse("crowdfunding:offer_withdraw", args=[row.token])
        assert client.get(address).status_code == 200
        client.post(address)
        row.refresh_from_db()
        assert row.state == "withdrawn"
        assert client.get(address).status_code == 302
        assert client.post(address).status_code == 302  # a second click is told, not an error

    def test_nobody_guesses_an_offer(self, client, campaign):
        row = self.offer(client, campaign)
        for name in ("offer", "offer_withdraw", "offer_deed_party", "offer_photo"):
            assert client.get(reverse(f"crowdfunding:{name}", args=["x" * 32])).status_code == 404
        assert client.get(reverse("crowdfunding:offer_deed", args=[row.token, "fr"])).status_code == 404

    def test_the_deed_names_the_giver_as_asked(self, client, campaign):
        row = in_kind.accept(self.offer(client, campaign), "Oui", by=None)
        address = reverse("crowdfunding:offer_deed_party", args=[row.token])
        assert client.post(address, {"deed_name": ""}).status_code == 422
        sent = {
            "deed_name": "Association Horizon",
            "deed_address": "3 rue\nArgenteuil",
            "deed_identity": "W95",
        }
        assert client.post(address, sent).status_code == 302
        row.refresh_from_db()
        assert row.deed_name == "Association Horizon"
        for language in ("fr", "ar"):
            answer = client.get(reverse("crowdfunding:offer_deed", args=[row.token, language]))
            assert answer["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF")
            assert "no-store" in answer["Cache-Control"]
        assert client.get(reverse("crowdfunding:offer_deed", args=[row.token, "en"])).status_code == 404

    def test_a_campaign_that_takes_nothing_says_so(self, client, campaign):
        Campaign.objects.filter(pk=campaign.pk).update(state="cancelled")
        address = reverse("crowdfunding:offer_things", args=[campaign.slug])
        assert client.get(address).status_code == 200
        assert client.post(address, form()).status_code == 409


def test_who_leaves_is_forgotten_and_the_things_stay(campaign):
    person = PersonFactory(email=GIVER.email)
    row = in_kind.accept(chairs(campaign), "Merci", by=None)
    token = row.token
    data = {one.label: one for one in personal_data}["crowdfunding.things"]
    (said,) = data.export(person)
    assert (said["name"], said["things"]) == ("Fatima", ["20 × Chaises", "2 × Tableaux"])
    data.erase(person)
    row.refresh_from_db()
    assert (row.email, row.name, row.town, row.message, row.person) == ("", "", "", "", None)
    assert row.token != token
    assert [thing.quantity for thing in row.things.all()] == [20, 2]
    assert not deeds.is_ready(row)
    with pytest.raises(deeds.NoDeed):
        deeds.printed(row, "fr")
