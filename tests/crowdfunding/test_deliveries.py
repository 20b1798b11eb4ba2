"""Rewards on their way: asked for the address after giving, sent together, received, exported, forgotten."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.domain.notices import deliver
from core.models import JournalEntry
from plugins.crowdfunding import privacy
from plugins.crowdfunding.domain import deliveries, payments
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Delivery, Pledge, Reward
from tests.crowdfunding.factories import CampaignFactory, RewardFactory, chosen, manager, receipt, received
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
ADDRESS = {"recipient": "Zahra", "address": "12 rue de la Paix\n95100 Argenteuil\nFrance", "phone": ""}


@pytest.fixture
def campaign():
    return CampaignFactory()


def paid(campaign, reward, **facts):
    """A pledge with a reward whose money came."""
    pledge = chosen(campaign, reward, **facts)
    payments.receive(pledge, receipt(), by=None)
    return pledge


def private(pledge, rest=""):
    return f"/fr/crowdfunding/pledges/{pledge.token}/reward/{rest}"


def team(campaign, rest=""):
    return f"/fr/crowdfunding/campaigns/{campaign.slug}/deliveries/{rest}"


def uids(campaign):
    return list(
        Delivery.objects.filter(reward__campaign=campaign).order_by("pk").values_list("uid", flat=True)
    )


def test_the_address_is_asked_for_after_giving_only(client, campaign, mailoutbox):
    pledge = chosen(campaign, RewardFactory(campaign=campaign))
    assert client.get(private(pledge)).status_code == 302
    assert client.post(private(pledge), ADDRESS).status_code == 302
    assert Delivery.objects.get().address == ""
    deliver_letters()
    assert not any("envoyer" in mail.subject for mail in mailoutbox)
    payments.receive(pledge, receipt(), by=None)
    deliver_letters()
    letter = next(mail for mail in mailoutbox if "Où envoyer" in mail.subject)
    assert pledge.token in letter.body
    page = client.get(pledge.get_absolute_url()).content.decode()
    assert private(pledge) in page
    assert client.post(private(pledge), {**ADDRESS, "address": ""}).status_code == 422
    assert client.post(private(pledge), ADDRESS).status_code == 302
    assert Delivery.objects.get().address.startswith("12 rue")


def test_a_reward_that_is_handed_over_asks_for_nothing(client, campaign, mailoutbox):
    pledge = paid(campaign, RewardFactory(campaign=campaign, needs_address=False))
    deliver_letters()
    assert not any("Où envoyer" in mail.subject for mail in mailoutbox)
    assert client.get(private(pledge)).status_code == 302
    assert private(pledge) not in client.get(pledge.get_absolute_url()).content.decode()


def test_several_are_sent_together_and_their_donors_told(client, campaign, mailoutbox):
    reward = RewardFactory(campaign=campaign)
    pledges = [
        paid(campaign, reward, email=f"{n}@x.example", language=lang) for n, lang in enumerate(["fr", "ar"])
    ]
    for pledge in pledges:
        client.post(private(pledge), ADDRESS)
    client.force_login(manager(campaign.collector))
    listed = client.get(team(campaign)).content.decode()
    assert "95100 Argenteuil" in listed
    ticked = uids(campaign)
    assert client.get(team(campaign, "send/"), {"d": ticked}).status_code == 200
    data = {"d": ticked, "carrier": "Amana", f"number_{ticked[0]}": "EE1", f"number_{ticked[1]}": "EE2"}
    assert client.post(team(campaign, "send/"), data).status_code == 302
    assert set(Delivery.objects.values_list("state", "carrier", "number")) == {
        ("sent", "Amana", "EE1"),
        ("sent", "Amana", "EE2"),
    }
    deliver_letters()
    told = [mail for mail in mailoutbox if "Amana" in mail.body]
    assert len(told) == 2
    assert any("في الطريق" in mail.subject for mail in told)
    assert client.post(team(campaign, "send/"), data).status_code == 422
    deliver_letters()
    assert len([mail for mail in mailoutbox if "Amana" in mail.body]) == 2


def test_what_has_no_address_or_no_money_is_not_sent(client, campaign):
    reward = RewardFactory(campaign=campaign)
    paid(campaign, reward)
    client.force_login(manager(campaign.collector))
    assert client.post(team(campaign, "send/"), {"d": uids(campaign)}).status_code == 422
    Delivery.objects.update(address="x")
    Pledge.objects.update(state="disputed")
    assert client.post(team(campaign, "send/"), {"d": uids(campaign)}).status_code == 422
    assert Delivery.objects.get().state == "to_send"
    assert client.post(team(campaign, "send/"), {"d": ["nothing"]}).status_code == 302


def test_all_or_none_are_sent(campaign):
    """One that cannot be sent holds the others back: nothing is half done."""
    reward = RewardFactory(campaign=campaign)
    for n in range(3):
        paid(campaign, reward, email=f"{n}@x.example")
    Delivery.objects.update(address="x")
    Pledge.objects.filter(pk=Pledge.objects.last().pk).update(state="disputed")
    with pytest.raises(NotPossible):
        deliveries.send(Delivery.objects.all(), campaign, carrier="", numbers={}, by=PersonFactory())
    assert set(Delivery.objects.values_list("state", flat=True)) == {"to_send"}


def test_a_donor_says_that_it_arrived_or_that_something_is_wrong(client, campaign, mailoutbox):
    pledge = paid(campaign, RewardFactory(campaign=campaign))
    assert client.post(private(pledge, "arrived/")).status_code == 302
    assert Delivery.objects.get().state == "to_send"
    client.post(private(pledge), ADDRESS)
    deliveries.send(Delivery.objects.all(), campaign, carrier="", numbers={}, by=PersonFactory())
    assert client.post(private(pledge, "problem/"), {"problem": ""}).status_code == 422
    boss = manager(campaign.collector)
    client.post(private(pledge, "problem/"), {"problem": "Cassé <b>"})
    deliver()
    told = [mail for mail in mailoutbox if mail.to == [boss.email]]
    assert len(told) == 1
    assert "Cassé" not in told[0].body
    assert "/deliveries/?state=problem" in told[0].body
    client.force_login(boss)
    seen = client.get(team(campaign), {"state": "problem"}).content.decode()
    assert "Cassé &lt;b&gt;" in seen
    client.logout()
    assert client.get(private(pledge, "arrived/")).status_code == 200
    client.post(private(pledge, "arrived/"))
    assert Delivery.objects.get().state == "received"


def test_addresses_are_forgotten(client, campaign):
    pledge = paid(campaign, RewardFactory(campaign=campaign))
    client.post(private(pledge), ADDRESS)
    deliveries.send(Delivery.objects.all(), campaign, carrier="", numbers={}, by=PersonFactory())
    assert deliveries.forget_addresses(timezone.now() + timedelta(days=400)) == 0
    deliveries.confirm(Delivery.objects.get())
    assert deliveries.forget_addresses(timezone.now() + timedelta(days=89)) == 0
    assert deliveries.forget_addresses(timezone.now() + timedelta(days=91)) == 1
    assert deliveries.forget_addresses(timezone.now() + timedelta(days=91)) == 0
    assert Delivery.objects.get().address == ""


def test_the_export_is_noted_and_harmless(client, campaign):
    pledge = paid(campaign, RewardFactory(campaign=campaign), name="=cmd|'x'")
    client.post(private(pledge), {**ADDRESS, "recipient": "+33 1", "address": "a\nb"})
    person = manager(campaign.collector)
    client.force_login(person)
    assert client.get(team(campaign, "export/")).status_code == 405
    answer = client.post(team(campaign, "export/"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, row = list(csv.reader(text.splitlines(keepends=True)))
    assert tuple(head) == deliveries.COLUMNS
    assert row[4] == "'=cmd|'x'"
    assert row[6] == "'+33 1"
    assert JournalEntry.objects.filter(
        verb="crowdfunding.delivery.exported", actor=person, public=False
    ).exists()


def test_a_producer_sees_its_own_parcels_only(client, campaign):
    """D33: the cooperative sends what it makes, and learns no other donor's address."""
    cooperative = OrganisationFactory()
    own = RewardFactory(campaign=campaign, producer=cooperative)
    paid(campaign, own, name="Client de la coopérative")
    paid(campaign, RewardFactory(campaign=campaign), name="Quelqu’un d’autre", email="b@x.example")
    client.force_login(manager(cooperative))
    page = client.get(team(campaign)).content.decode()
    assert "Client de la coopérative" in page
    assert "Quelqu’un d’autre" not in page
    Delivery.objects.update(address="x")
    client.post(team(campaign, "send/"), {"d": uids(campaign)})
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "to_send"]
    assert client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/rewards/").status_code == 403


def test_strangers_see_no_parcel(client, campaign):
    pledge = paid(campaign, RewardFactory(campaign=campaign))
    for person in (PersonFactory(), PersonFactory(is_animator=True), manager(OrganisationFactory())):
        client.force_login(person)
        assert client.get(team(campaign)).status_code == 403
        assert client.post(team(campaign, "send/"), {"d": uids(campaign)}).status_code == 403
        assert client.post(team(campaign, "export/")).status_code == 403
    client.logout()
    assert client.get(team(campaign)).status_code == 302
    assert client.get(private(received(campaign).pledge)).status_code == 404
    assert client.get(private(Pledge(token="x" * 32))).status_code == 404
    answer = client.get(private(pledge))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_collective_return_is_told_to_every_donor_once(client, campaign, mailoutbox):
    """One delivery for all: a published address, one letter each however many gifts."""
    reward = RewardFactory(
        campaign=campaign, kind="collective", from_minor=0, licence="cc-by-sa", needs_address=False
    )
    received(campaign, email="a@x.example")
    received(campaign, email="a@x.example")
    received(campaign, email="b@x.example")
    client.force_login(manager(campaign.collector))
    place = f"/fr/crowdfunding/campaigns/{campaign.slug}/rewards/{reward.uid}/publish/"
    assert client.post(place, {"url": "javascript:alert(1)"}).status_code == 422
    assert client.post(place, {"url": "https://plans.example/bassin"}).status_code == 302
    while deliveries.tell_returns():
        pass
    deliver_letters()
    told = [mail for mail in mailoutbox if "plans.example" in mail.body]
    assert sorted(mail.to[0] for mail in told) == ["a@x.example", "b@x.example"]
    assert "CC BY-SA 4.0" in told[0].body
    client.post(place, {"url": "https://plans.example/autre"})
    assert deliveries.tell_returns() == 0
    client.logout()
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "https://plans.example/autre" in page
    assert "creativecommons.org/licenses/by-sa/4.0" in page
    assert JournalEntry.objects.filter(verb="crowdfunding.return.published", public=True).count() == 1


def test_letters_of_a_return_go_on_after_a_crash(campaign, monkeypatch, mailoutbox):
    """How far the letters went is written with them: what died is done again, nobody is told twice."""
    for n in range(5):
        received(campaign, email=f"{n}@x.example")
    reward = RewardFactory(campaign=campaign, kind="collective", from_minor=0, needs_address=False)
    deliveries.publish(reward, "https://plans.example/x", by=None)
    monkeypatch.setattr(deliveries, "AT_ONCE", 2)
    assert deliveries.tell_some(reward) == 2
    stopped = Reward.objects.get().told_until
    assert stopped
    assert deliveries.tell_returns() == 3
    assert Reward.objects.get().told_until is None
    Reward.objects.update(told_until=0)
    deliveries.tell_returns()
    deliver_letters()
    assert len([mail for mail in mailoutbox if "plans.example" in mail.body]) == 5


def test_a_donor_takes_and_erases_her_parcel(client, campaign):
    person = PersonFactory()
    pledge = paid(campaign, RewardFactory(campaign=campaign), email=person.email)
    client.post(private(pledge), ADDRESS)
    taken = privacy.export_pledges(person)[0]["reward"]
    assert taken["address"].startswith("12 rue")
    privacy.erase_pledges(person)
    left = Delivery.objects.get()
    assert (left.recipient, left.address, left.state) == ("", "", "to_send")
