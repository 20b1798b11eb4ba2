"""The treasurer's pages of money that goes back: refunds, disputes, and what a provider said that fits no row."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import audit, checkouts, disputes, ledger, refunds
from plugins.crowdfunding.gateways import demo_bank, hosted
from plugins.crowdfunding.gateways.base import DisputeOutcome, DisputeStatus, Refused, Unreachable
from plugins.crowdfunding.models import Payment, Pledge, ProviderEvent, Refund, Tally
from tests.crowdfunding.factories import CampaignFactory, donor_by_card, manager, received, treasurer
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def desk(client, campaign):
    """The treasurer's browser."""
    client.force_login(treasurer(campaign.collector))
    return client


def by_card(campaign, act="pay", **facts):
    payment = checkouts.begin(
        donor_by_card(campaign, **facts), channel="card", return_url="x", cancel_url="x"
    )
    demo_bank.press(payment.session, act)
    return checkouts.follow(payment)


def at(campaign, rest=""):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/{rest}"


def give_back(desk, campaign, payment, **fields):
    """The form, the confirmation, and sent."""
    address = at(campaign, f"payments/{payment.uid}/give-back/")
    html = desk.get(address).content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', html).group(1)
    data = {"amount": "50", "reason": "donor", "form_key": key} | fields
    ask = desk.post(address, data)
    if ask.status_code != 200:
        return ask
    assert not Refund.objects.filter(form_key=key).exists()
    return desk.post(address, data | {"step": "do"})


def sound():
    return [fault for found in audit.run() for fault in found.faults] == [] and not list(audit.of_campaigns())


def test_a_card_gift_goes_back_at_once(desk, campaign, mailoutbox):
    payment = by_card(campaign)
    assert give_back(desk, campaign, payment).url == at(campaign, "refunds/")
    refund = Refund.objects.get()
    assert (refund.state, Pledge.objects.get().state) == ("done", "refunded")
    assert (Tally.objects.get().received_minor, Tally.objects.get().backers) == (0, 0)
    assert sound()
    page = desk.get(Pledge.objects.get().get_absolute_url()).content.decode()
    assert "Votre don est rendu" in page
    assert "ont été rendus" in page
    deliver_letters()
    assert "50" in mailoutbox[-1].subject
    assert desk.get(at(campaign, f"payments/{payment.uid}/give-back/")).status_code == 302


def test_a_part_goes_back_and_the_rest_counts(desk, campaign):
    payment = by_card(campaign)
    give_back(desk, campaign, payment, amount="12,50")
    assert (Pledge.objects.get().state, Tally.objects.get().received_minor) == ("received", 3750)
    assert give_back(desk, campaign, payment, amount="40").status_code == 422
    give_back(desk, campaign, payment, amount="37,50")
    assert Pledge.objects.get().state == "refunded"
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == 5000
    assert sound()


@pytest.mark.parametrize("amount", ["0", "-5", "50,01", "abc", "", "99999999999"])
def test_never_more_than_came(desk, campaign, amount):
    payment = by_card(campaign)
    assert give_back(desk, campaign, payment, amount=amount).status_code == 422
    assert not Refund.objects.exists()


def test_the_same_form_twice_is_one_refund(desk, campaign):
    payment = by_card(campaign)
    address = at(campaign, f"payments/{payment.uid}/give-back/")
    data = {"amount": "20", "reason": "other", "form_key": "k" * 24, "step": "do"}
    for _time in range(2):
        assert desk.post(address, data).status_code == 302
    assert Refund.objects.count() == 1
    assert Tally.objects.get().received_minor == 3000


def test_a_silent_provider_is_asked_again(desk, campaign, monkeypatch):
    payment = by_card(campaign)

    def silent(self, order):
        raise Unreachable("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(type(hosted("demo")), "refund", silent)
        give_back(desk, campaign, payment)
    assert Refund.objects.get().state == "asked"
    assert "demandé au prestataire" in desk.get(at(campaign, "refunds/")).content.decode()
    refunds.sweep(timezone.now() + timedelta(minutes=11))
    assert Refund.objects.get().state == "done"
    assert sound()


def test_a_provider_that_refuses_leaves_three_ways(desk, campaign, monkeypatch):
    """Again, by hand, or the donor leaves it."""
    first, second = by_card(campaign), by_card(campaign, email="b@tiwizi.example")
    third = by_card(campaign, email="c@tiwizi.example")

    def no(self, order):
        raise Refused("expired_card")

    with monkeypatch.context() as patch:
        patch.setattr(type(hosted("demo")), "refund", no)
        for payment in (first, second, third):
            give_back(desk, campaign, payment)
    again, hand, left = (Refund.objects.get(payment=payment) for payment in (first, second, third))
    assert again.state == "failed"
    desk.post(at(campaign, f"refunds/{again.uid}/retry/"))
    proof = {"on": timezone.localdate().isoformat(), "reference": "VIR 77"}
    desk.post(at(campaign, f"refunds/{hand.uid}/done/"), proof)
    desk.post(at(campaign, f"refunds/{left.uid}/drop/"))
    for refund, state in ((again, "done"), (hand, "done"), (left, "dropped")):
        refund.refresh_from_db()
        assert refund.state == state
    assert Tally.objects.get().received_minor == 5000
    assert sound()


def test_a_transfer_goes_back_by_hand_with_its_proof(desk, campaign):
    payment = received(campaign)
    give_back(desk, campaign, payment)
    refund = Refund.objects.get()
    assert (refund.by_hand, refund.state) == (True, "due")
    page = desk.get(payment.pledge.get_absolute_url()).content.decode()
    assert "doit vous rendre" in page
    address = at(campaign, f"refunds/{refund.uid}/done/")
    assert desk.post(address, {"on": "", "reference": ""}).status_code == 422
    for day in (timezone.localdate() + timedelta(days=1), timezone.localdate() - timedelta(days=1)):
        assert desk.post(address, {"on": day.isoformat(), "reference": "V"}).status_code == 422
    proof = {"on": timezone.localdate().isoformat(), "reference": "VIR 12"}
    assert desk.post(address, proof).status_code == 302
    assert desk.post(address, proof).status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.reference) == ("done", "VIR 12")
    assert ledger.balances(campaign.project) == [money(0, "EUR")]
    assert "VIR 12" in desk.get(at(campaign, "refunds/?all=1")).content.decode()
    assert "VIR 12" not in desk.get(at(campaign, "refunds/")).content.decode()
    assert sound()


def test_a_dispute_shows_its_deadline_and_its_end(desk, campaign):
    payment = by_card(campaign)
    day = timezone.localdate() + timedelta(days=6)
    said = DisputeOutcome(DisputeStatus.OPENED, "dp_1", payment.reference, payment.amount, answer_by=day)
    disputes.apply(payment, said)
    page = desk.get(at(campaign, "disputes/")).content.decode()
    assert "dp_1" in page
    assert "répondez avant le" in page
    assert desk.get(at(campaign, f"payments/{payment.uid}/give-back/")).status_code == 302
    disputes.apply(
        Payment.objects.get(), DisputeOutcome(DisputeStatus.WON, "dp_1", payment.reference, payment.amount)
    )
    assert "répondez avant le" not in desk.get(at(campaign, "disputes/")).content.decode()
    assert sound()


@pytest.mark.parametrize(
    "why", ["amount", "currency", "account", "unknown_refund", "unknown_payment", "state", "new"]
)
def test_what_fits_no_row_is_looked_into(desk, campaign, why):
    """Each reason has words that say what to do; who settled it, and how, is kept."""
    payment = by_card(campaign)
    row = ProviderEvent.objects.create(
        account=payment.account, event=f"evt_{why}", type="payment.settled", at=timezone.now(), state="human", why=why,
        facts={"reference": "pi_77", "amount": 4200, "currency": "EUR", "status": "settled"},
    )  # fmt: skip
    page = desk.get(at(campaign, "provider/")).content.decode()
    assert "pi_77" in page
    assert "42 €" in page.replace("\u00a0", " ")
    address = at(campaign, f"provider/{row.pk}/settle/")
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"note": ""}).status_code == 422
    assert desk.post(address, {"note": "vu avec la banque"}).status_code == 302
    assert desk.post(address, {"note": "encore"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.note, row.settled_by is not None) == ("settled", "vu avec la banque", True)
    assert "pi_77" not in desk.get(at(campaign, "provider/")).content.decode()
    assert "vu avec la banque" in desk.get(at(campaign, "provider/?all=1")).content.decode()


def test_nothing_yet_is_said(desk, campaign):
    for page in ("refunds/", "disputes/", "provider/"):
        assert 'class="empty"' in desk.get(at(campaign, page)).content.decode()


def test_only_the_treasurer_of_the_collector(client, campaign):
    payment = received(campaign)
    refund = refunds.request(payment, money(1000, "EUR"), by=None, reason="donor", form_key="k" * 24)
    pages = [
        "refunds/", "disputes/", "provider/", f"payments/{payment.uid}/give-back/", f"refunds/{refund.uid}/done/",
        f"refunds/{refund.uid}/drop/", f"refunds/{refund.uid}/retry/", "provider/1/settle/",
    ]  # fmt: skip
    strangers = [PersonFactory(), manager(campaign.collector), treasurer(OrganisationFactory())]
    for person in (*strangers, PersonFactory(is_animator=True)):
        client.force_login(person)
        for page in pages:
            assert client.get(at(campaign, page)).status_code == 403
            assert client.post(at(campaign, page), {"step": "do"}).status_code in {403, 405}
    client.logout()
    assert all(client.get(at(campaign, page)).status_code == 302 for page in pages)
    other = treasurer(OrganisationFactory())
    client.force_login(other)
    elsewhere = f"/fr/crowdfunding/treasury/{other.memberships.get().organisation.slug}/"
    assert client.get(f"{elsewhere}payments/{payment.uid}/give-back/").status_code == 404
    assert client.get(f"{elsewhere}refunds/{refund.uid}/done/").status_code == 404
    refund.refresh_from_db()
    assert refund.state == "due"


def test_lists_cost_the_same_with_many_rows(desk, campaign, django_assert_num_queries):
    def count(page):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(at(campaign, page)).status_code == 200
        return len(seen)

    def fill(number):
        for index in range(number):
            payment = by_card(campaign, "dispute" if index % 2 else "pay", email=f"{index}@tiwizi.example")
            refunds.request(
                payment, money(100, "EUR"), by=None, reason="other", form_key=f"f{Refund.objects.count():023}"
            )
            ProviderEvent.objects.create(
                account=payment.account,
                event=f"e{payment.pk}",
                type="x",
                at=timezone.now(),
                state="human",
                payment=payment,
            )

    fill(2)
    pages = ("refunds/", "disputes/", "provider/", "received/")
    few = [count(page) for page in pages]
    fill(8)
    assert [count(page) for page in pages] == few
