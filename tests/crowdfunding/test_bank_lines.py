"""Bank lines: compared with promises in words, each decided once and undone at will."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from plugins.crowdfunding.domain import deposits, payments, pledges
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.statements import booking, candidates
from plugins.crowdfunding.models import BankLine, Payment, Pledge, Tally
from tests.crowdfunding.factories import CampaignFactory, promise, receipt, received
from tests.crowdfunding.statement_files import DAY, base, came, intact, proposal, took
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def test_codes_are_read_as_people_and_banks_write_them():
    code = "K7MP3QX" + candidates.codes.check_of("K7MP3QX")
    for text in (code, code.lower(), f"DON {code[:4]} {code[4:]}!", "-".join(code), f"K7MP3 {code[5:]}"):
        assert candidates.codes_in(text)[code] is True, text
    assert candidates.codes_in(code.replace("Q", "0")) == {code: False}
    assert code not in candidates.codes_in(code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert candidates.codes_in("") == {}


def test_the_amount_differs_and_is_said(client, campaign, keeper):
    pledge = promise(campaign)
    took(campaign, keeper, came(4750, pledge.code))
    found = proposal(campaign)
    assert (found.group, found.best.why) == ("likely", (candidates.CODE, candidates.OTHER_AMOUNT))
    page = client.get(f"{base(campaign)}statements/review/").content.decode()
    assert "47,50" in page
    client.post(f"{base(campaign)}lines/{found.line.uid}/", {"choice": found.best.key})
    assert Payment.objects.get().amount_minor == 4750
    intact(campaign)


@pytest.mark.parametrize("act", [pledges.cancel, pledges.expire])
def test_money_for_an_ended_promise_is_still_money(campaign, keeper, act):
    pledge = promise(campaign)
    act(pledge)
    took(campaign, keeper, came(text=pledge.code))
    found = proposal(campaign)
    assert (found.group, candidates.ENDED in found.best.why) == ("likely", True)
    booking.settle(found, found.best.key, by=keeper)
    assert Pledge.objects.get().state == "received"
    intact(campaign)


@pytest.mark.parametrize(
    ("promised", "bank", "group"),
    [
        ("Zahra Ouali", "MME OUALI ZAHRA", "likely"),
        ("زهرة والي", "Zahra Ouali", "likely"),
        ("Mohammed Amrani", "M MOHAMED EL AMRANI", "likely"),
        ("Zahra Ouali", "Zahra Benali", "likely"),
        ("Zahra Ouali", "Brahim Idrissi", "unknown"),
        ("", "Brahim Idrissi", "unknown"),
    ],
)
def test_amount_and_name(campaign, keeper, promised, bank, group):
    """Accents, order, and one name in two alphabets; never sure without the code."""
    promise(campaign, name=promised)
    took(campaign, keeper, came(counterparty=bank))
    found = proposal(campaign)
    assert found.group == group
    assert found.best is not None


def test_an_entry_made_by_hand_is_tied_and_not_booked_again(campaign, keeper):
    payment = payments.receive(promise(campaign), receipt(day=DAY), by=keeper)
    took(campaign, keeper, came(text=payment.pledge.code))
    found = proposal(campaign)
    assert (found.group, found.best.payment) == ("sure", payment)
    assert booking.confirm_sure(campaign.collector, [f"{found.line.uid}:{found.best.key}"], by=keeper) == (
        1,
        0,
    )
    line = BankLine.objects.get()
    assert (line.payment, line.linked) == (payment, True)
    assert Payment.objects.count() == 1
    booking.undo(line, by=keeper)
    assert Payment.objects.get().state == "received"
    intact(campaign)


def test_a_second_transfer_with_the_same_code_is_never_swallowed(client, campaign, keeper):
    pledge = promise(campaign, name="Zahra")
    took(campaign, keeper, came(text=pledge.code, reference="1"), came(text=pledge.code, reference="2"))
    first, second = booking.review(campaign.collector)
    assert (first.group, second.group) == ("sure", "unknown")
    booking.settle(first, first.best.key, by=keeper)
    left = proposal(campaign)
    assert (left.best, left.candidates[0].why[-1]) == (None, candidates.SECOND)
    url = f"{base(campaign)}lines/{left.line.uid}/"
    assert client.post(url, {"choice": f"pledge-{pledge.uid}"}).status_code == 422
    page = client.get(f"{url}gift/?of={pledge.uid}").content.decode()
    assert "Zahra" in page
    data = {"campaign": campaign.pk, "name": "Zahra", "email": "donor@tiwizi.example"}
    assert client.post(f"{url}gift/", data).status_code == 302
    tally = Tally.objects.get()
    assert (tally.received_minor, tally.gifts, tally.backers) == (10_000, 2, 1)
    intact(campaign)


def test_a_line_is_undone_and_booked_anew(client, campaign, keeper):
    """Undo, then the same line as a gift, undone again, and entered once more: the books follow."""
    took(campaign, keeper, came(counterparty="Omar"))
    line = BankLine.objects.get()
    url = f"{base(campaign)}lines/{line.uid}/"
    for number in (1, 2):
        assert client.post(f"{url}gift/", {"campaign": campaign.pk, "name": "Omar"}).status_code == 302
        assert client.get(f"{url}gift/").status_code == 302
        assert Tally.objects.get().received_minor == 5000
        assert client.get(f"{url}undo/").status_code == 200
        assert client.post(f"{url}undo/").status_code == 302
        assert Payment.objects.filter(state="reversed").count() == number
        assert Tally.objects.get().received_minor == 0
    intact(campaign)


def test_an_entry_undone_elsewhere_lets_its_line_wait_again(client, campaign, keeper):
    pledge = promise(campaign)
    took(campaign, keeper, came(text=pledge.code))
    found = proposal(campaign)
    booking.settle(found, found.best.key, by=keeper)
    assert not booking.review(campaign.collector)
    payments.undo(Payment.objects.get(), by=keeper, reason="mistake")
    found = proposal(campaign)
    assert found.group == "sure"
    booking.settle(found, found.best.key, by=keeper)
    assert BankLine.objects.get().payment == Payment.objects.get(state="received")
    intact(campaign)


def test_a_deposit_of_cheques_is_recognised(campaign, keeper):
    payment = payments.receive(promise(campaign), receipt(channel="cheque", day=DAY), by=keeper)
    deposits.bring_cheques(campaign.collector, [payment], on=DAY, reference="", by=keeper, form_key="k" * 32)
    took(campaign, keeper, came(text="REMISE CHEQUES"))
    found = proposal(campaign)
    assert (found.group, found.deposit is not None) == ("likely", True)


def test_money_the_bank_takes_back_is_never_proposed(campaign, keeper):
    pledge = promise(campaign)
    took(campaign, keeper, came(text=pledge.code, is_return=True))
    assert (proposal(campaign).group, proposal(campaign).candidates) == ("unknown", [])


def test_one_payment_one_line(campaign, keeper):
    """The database itself refuses a second line for one payment, and a booked line without one."""
    payment = received(campaign)
    took(campaign, keeper, came(reference="1"), came(reference="2"))
    first, second = BankLine.objects.order_by("pk")
    booking.tie(first, payment, by=keeper)
    with pytest.raises(Payment.DoesNotExist):
        booking.tie(second, payment, by=keeper)
    for change in ({"payment": payment, "state": "booked"}, {"state": "booked"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankLine.objects.filter(pk=second.pk).update(**change)


def test_another_amount_or_organisation_is_not_tied(client, campaign, keeper):
    other = CampaignFactory()
    took(campaign, keeper, came(4000))
    line = BankLine.objects.get()
    url = f"{base(campaign)}lines/{line.uid}/"
    assert client.post(url, {"choice": f"payment-{received(campaign).uid}"}).status_code == 422
    assert client.post(url, {"choice": f"payment-{received(other).uid}"}).status_code == 404
    assert (
        client.post(url, {"choice": f"pledge-{promise(other, email='o@x.example').uid}"}).status_code == 404
    )
    assert client.post(url, {"choice": "x"}).status_code == 422
    assert client.post(url, {}).status_code == 422
    with pytest.raises(booking.NotTheSame):
        booking.book(line, promise(other, email="p@x.example"), by=keeper)
    assert BankLine.objects.get().waits


def test_what_changed_since_the_page_was_shown_is_left(campaign, keeper):
    pledge = promise(campaign)
    took(campaign, keeper, came(text=pledge.code))
    found = proposal(campaign)
    pair = f"{found.line.uid}:{found.best.key}"
    pledges.cancel(pledge)
    assert booking.confirm_sure(campaign.collector, [pair], by=keeper) == (0, 1)
    assert booking.confirm_sure(campaign.collector, ["x", "a:b", ""], by=keeper) == (0, 1)
    assert booking.confirm_sure(OrganisationFactory(), [pair], by=keeper) == (0, 1)
    assert not Payment.objects.exists()


def test_lines_are_left_aside_with_a_reason(client, campaign, keeper):
    took(campaign, keeper, came(), came(-790))
    line, out = BankLine.objects.order_by("-amount_minor")
    assert (out.state, out.reason) == ("ignored", "money_out")
    url = f"{base(campaign)}lines/{line.uid}/"
    assert client.post(f"{url}leave/", {"reason": "money_out"}).status_code == 422
    assert client.post(f"{url}leave/", {"reason": "not_a_gift", "note": "subvention"}).status_code == 302
    assert not booking.review(campaign.collector)
    assert "subvention" in client.get(f"{base(campaign)}statements/decided/").content.decode()
    assert "7,90" in client.get(f"{base(campaign)}statements/decided/?out=1").content.decode()
    assert client.post(f"{url}undo/").status_code == 302
    assert proposal(campaign).line == line
    with pytest.raises(booking.AlreadyDecided):
        booking.leave(out, "other", by=keeper)
    with pytest.raises(NotPossible):
        booking.undo(out, by=keeper)
