"""The treasurer's pages: what came, what is undone, the counter, the search."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.models import JournalEntry
from plugins.crowdfunding.domain import cash, payments
from plugins.crowdfunding.models import CashGift, Ledger, Payment, Pledge, Tally
from tests.crowdfunding.factories import (
    CampaignFactory,
    donor_by_card,
    manager,
    promise,
    receipt,
    received,
)
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def base(campaign):
    return f"/fr/crowdfunding/treasury/{campaign.collector.slug}/"


def filled(**fields):
    return {
        "amount": "50",
        "received_on": timezone.localdate().isoformat(),
        "channel": "transfer",
        "step": "do",
    } | fields


def test_another_amount_than_promised(client, campaign, keeper, mailoutbox):
    """J3: what really came counts, and the confirmation says that it differs."""
    pledge = promise(campaign)
    url = f"{base(campaign)}pledges/{pledge.uid}/receive/"
    asked = client.post(url, filled(amount="47,50", step=""))
    assert "47,50" in asked.content.decode()
    assert not Payment.objects.exists()
    client.post(url, filled(amount="47,50"))
    tally = Tally.objects.get()
    assert (tally.received_minor, tally.promised_minor) == (4750, 0)
    deliver_letters()
    assert "47,50" in mailoutbox[-1].body


def test_marked_twice_is_booked_once(client, campaign, keeper):
    pledge = promise(campaign)
    url = f"{base(campaign)}pledges/{pledge.uid}/receive/"
    assert client.post(url, filled()).status_code == 302
    assert client.post(url, filled()).status_code == 302
    assert Payment.objects.count() == 1
    assert Ledger.objects.get().length == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "0"},
        {"amount": ""},
        {"amount": "x"},
        {"received_on": "2999-01-01"},
        {"received_on": "yesterday"},
        {"channel": "pigeon"},
        {"reference": "x" * 200},
    ],
)
def test_a_wrong_entry_is_refused_with_the_form_filled(client, campaign, keeper, fields):
    pledge = promise(campaign)
    answer = client.post(f"{base(campaign)}pledges/{pledge.uid}/receive/", filled(**fields))
    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_change_comes_back_to_the_filled_form(client, campaign, keeper):
    pledge = promise(campaign)
    answer = client.post(f"{base(campaign)}pledges/{pledge.uid}/receive/", filled(amount="33", step="change"))
    assert answer.status_code == 200
    assert 'value="33"' in answer.content.decode()
    assert not Payment.objects.exists()


def test_undo_writes_a_correction_and_the_promise_waits_again(client, campaign, keeper, mailoutbox):
    """D15: nothing is deleted; the donor is told."""
    payment = received(campaign)
    url = f"{base(campaign)}payments/{payment.uid}/undo/"
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason": "mistake"}).status_code == 302
    assert client.post(url, {"reason": "mistake"}).status_code == 302
    tally = Tally.objects.get()
    assert (tally.received_minor, tally.promised_minor, tally.backers) == (0, 5000, 0)
    assert Ledger.objects.get().length == 2
    assert Pledge.objects.get().state == "pledged"
    assert JournalEntry.objects.filter(verb="crowdfunding.payment.reversed").count() == 1
    deliver_letters()
    assert "50" in mailoutbox[-1].body
    payments.receive(Pledge.objects.get(), receipt(), by=keeper)
    assert Tally.objects.get().received_minor == 5000
    page = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/").content.decode()
    assert "−\u00a050\u00a0€" in page


def test_cash_at_a_festival(client, campaign, keeper):
    """DOMAIN 5: cash is declared once at the counter, confirmed by another person, and void when undone."""
    url = f"{base(campaign)}gift/"
    page = client.get(url).content.decode()
    key = page.split('name="form_key" value="')[1].split('"')[0]
    data = filled(campaign=campaign.pk, channel="cash", amount="120", name="Caisse du festival", form_key=key)
    assert client.post(url, data | {"step": ""}).status_code == 200
    assert not CashGift.objects.exists()
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302
    tally = Tally.objects.get()
    assert (tally.received_minor, tally.promised_minor) == (0, 12000)
    payment = cash.confirm(CashGift.objects.get(), by=manager(campaign.collector))
    tally.refresh_from_db()
    assert (tally.received_minor, tally.promised_minor, tally.promises) == (12000, 0, 0)
    payments.undo(payment, by=keeper, reason="amount")
    assert Pledge.objects.get().state == "cancelled"
    assert Tally.objects.get().received_minor == 0


def test_a_cheque_at_the_counter_is_booked_at_once(client, campaign, keeper):
    """DOMAIN 5: a cheque is entered by the treasurer, once, and void when undone."""
    data = filled(campaign=campaign.pk, channel="cheque", amount="120", name="Omar", form_key="c" * 32)
    for _turn in range(2):
        assert client.post(f"{base(campaign)}gift/", data).status_code == 302
    payment = Payment.objects.get()
    assert Tally.objects.get().received_minor == 12000
    payments.undo(payment, by=keeper, reason="amount")
    assert Pledge.objects.get().state == "cancelled"


@pytest.mark.parametrize("way", ["card", "debit"])
def test_what_only_a_provider_says_is_not_entered_by_hand(client, campaign, keeper, way):
    """Neither offered nor taken; the money of a card promise that came by transfer is one press away."""
    pledge = donor_by_card(campaign, way=way)
    page = client.get(f"{base(campaign)}pledges/{pledge.uid}/receive/").content.decode()
    assert f'value="{way}"' not in page
    assert '<option value="transfer" selected' in page
    page = client.get(f"{base(campaign)}gift/").content.decode()
    assert f'value="{way}"' not in page


def test_only_own_campaigns_at_the_counter(client, campaign, keeper):
    other, draft = CampaignFactory(), CampaignFactory(collector=campaign.collector, state="draft")
    for wrong in (other.pk, draft.pk, 0, "x", "9" * 30):
        data = filled(campaign=wrong, channel="cash", form_key="k" * 32)
        assert client.post(f"{base(campaign)}gift/", data).status_code == 422
    assert not Payment.objects.exists()


def test_late_money_is_still_booked(client, campaign, keeper):
    """Money that comes after cancelling is money."""
    pledge = promise(campaign)
    client.post(f"{pledge.get_absolute_url()}cancel/")
    client.post(f"{base(campaign)}pledges/{pledge.uid}/receive/", filled())
    assert Pledge.objects.get().state == "received"
    assert Tally.objects.get().promised_minor == 0


@pytest.mark.parametrize("query", ["code", "hyphen", "50", "zah", "donor@"])
def test_search_finds_by_code_amount_name_and_address(client, campaign, keeper, query):
    wanted = promise(campaign, name="Zahra")
    other = promise(campaign, 7000, name="Brahim", email="else@tiwizi.example")
    text = {"code": wanted.code.lower(), "hyphen": f"{wanted.code[:4]}-{wanted.code[4:]}"}.get(query, query)
    page = client.get(base(campaign), {"q": text}).content.decode()
    assert "Zahra" in page
    assert "Brahim" not in page
    payments.receive(wanted, receipt(), by=keeper)
    payments.receive(other, receipt(7000), by=keeper)
    page = client.get(f"{base(campaign)}received/", {"q": text}).content.decode()
    assert "Zahra" in page
    assert "Brahim" not in page


@pytest.mark.parametrize("query", ["'; drop table", "\x00", "%", "x" * 500, "٥٠", "-", "<script>"])
def test_search_survives_anything(client, campaign, keeper, query):
    promise(campaign)
    assert client.get(base(campaign), {"q": query, "after": query}).status_code == 200
    assert client.get(f"{base(campaign)}received/", {"q": query, "after": query}).status_code == 200


def test_another_organisation_s_rows_are_not_found(client, campaign, keeper):
    """A treasurer reaches no row of another organisation by its id."""
    other = CampaignFactory()
    payment, waiting = received(other), promise(other, email="x@tiwizi.example")
    assert client.post(f"{base(campaign)}pledges/{waiting.uid}/receive/", filled()).status_code == 404
    assert (
        client.post(f"{base(campaign)}payments/{payment.uid}/undo/", {"reason": "mistake"}).status_code == 404
    )


def test_treasuries_lead_to_the_only_one(client, campaign, keeper):
    assert client.get("/fr/crowdfunding/treasury/").url == base(campaign)
    client.force_login(PersonFactory())
    assert client.get("/fr/crowdfunding/treasury/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_at_any_length(client, campaign, keeper, number, django_assert_max_num_queries):
    for index in range(number):
        received(campaign, email=f"a{index}@x.example")
        promise(campaign, email=f"b{index}@x.example")
    for page in ("", "received/"):
        client.get(base(campaign) + page)
        with django_assert_max_num_queries(9):
            client.get(base(campaign) + page)


def test_the_form_of_one_gift_does_not_swallow_the_next(client, campaign, keeper):
    """Back in the browser and filled in again: a second gift is never lost behind the first one's success."""
    url, key = f"{base(campaign)}gift/", "k" * 32
    first = filled(campaign=campaign.pk, channel="cheque", amount="20", name="Aïcha", form_key=key)
    assert client.post(url, first).status_code == 302
    answer = client.post(url, first | {"amount": "35", "name": "Omar"})
    assert answer.status_code == 422
    page = answer.content.decode()
    fresh = page.split('name="form_key" value="')[1].split('"')[0]
    assert fresh != key
    assert "Omar" in page
    assert client.post(url, first | {"amount": "35", "name": "Omar", "form_key": fresh}).status_code == 302
    assert sorted(Payment.objects.values_list("amount_minor", flat=True)) == [2000, 3500]


@pytest.mark.parametrize("day", ["0026-11-20", "1926-11-20"])
def test_a_year_typed_wrongly_never_reaches_the_ledger(client, campaign, keeper, day):
    pledge = promise(campaign)
    answer = client.post(f"{base(campaign)}pledges/{pledge.uid}/receive/", filled(received_on=day))
    assert answer.status_code == 422
    assert not Payment.objects.exists()


def test_public_pages_answer_to_a_look_at_their_head(client, campaign):
    received(campaign)
    for page in ("", "ledger.json", "ledger.csv"):
        assert client.head(f"/fr/crowdfunding/ledger/{campaign.project.slug}/{page}").status_code == 200
