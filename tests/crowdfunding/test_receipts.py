"""Tax receipts: only what really came, only for whom it may be, numbered without gaps, cancelled never deleted."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.domain.mail import deliver_letters
from core.models import JournalEntry, Letter
from plugins.crowdfunding.domain import moves, payments, receipt_donors, receipt_facts, receipts
from plugins.crowdfunding.domain.lifecycles import RECEIPT, NotPossible
from plugins.crowdfunding.models import Campaign, DonorIdentity, Payment, ReceiptLine, TaxReceipt
from plugins.crowdfunding.privacy import receipts as receipt_privacy
from tests.crowdfunding.factories import CampaignFactory, received, treasurer
from tests.crowdfunding.money_way import SENTENCE, THIS_YEAR, gift, identify, issuer, receiptable
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return receiptable()


def year(campaign):
    return receipts.issue_year(campaign.collector, THIS_YEAR, by=None)


def test_one_receipt_for_all_of_a_donor_s_gifts_of_a_year(campaign):
    gift(campaign, 5000)
    gift(receiptable(collector=campaign.collector), 2050)
    gift(campaign, 700, name="Autre", email="b@tiwizi.example")
    assert year(campaign) == (2, 0)
    assert year(campaign) == (0, 0)
    both, other = TaxReceipt.objects.order_by("number")
    assert (both.label, both.amount_minor, both.lines.count()) == (f"{THIS_YEAR}-0001", 7050, 2)
    assert (other.label, other.amount_minor) == (f"{THIS_YEAR}-0002", 700)
    assert both.facts["words"] == "soixante-dix euros et cinquante centimes"
    assert receipts.totals(campaign.collector) == [(THIS_YEAR, 2, both.amount + other.amount)]


def test_only_eligible_gifts_of_identified_donors_in_euros(campaign):
    received(campaign, email="nobody@tiwizi.example")
    gift(CampaignFactory(collector=campaign.collector), email="other@tiwizi.example")
    dirhams = CampaignFactory(collector=campaign.collector, currency="MAD", receipts_eligible=True)
    gift(dirhams, email="mad@tiwizi.example")
    undone = gift(campaign, email="undone@tiwizi.example")
    payments.undo(undone, by=None, reason="mistake")
    Payment.objects.filter(pk=gift(campaign, email="last@tiwizi.example").pk).update(
        received_on=date(2024, 5, 1)
    )
    assert year(campaign) == (0, 0)
    assert receipts.issue_year(campaign.collector, 2024, by=None) == (1, 0)


def test_only_what_really_stays_is_receipted(campaign):
    part = gift(campaign, 5000)
    Payment.objects.filter(pk=part.pk).update(refunded_minor=1500, disputed_minor=500)
    year(campaign)
    assert TaxReceipt.objects.get().amount_minor == 3000


@pytest.mark.parametrize("kind", ["all_or_nothing", "two_rounds"])
def test_a_round_that_is_not_decided_gives_no_receipt(campaign, kind):
    """What may still go back to its donor is no gift yet; a first round that succeeded is decided."""
    gift(campaign, 5000)
    Campaign.objects.filter(pk=campaign.pk).update(kind=kind, needed_minor=4000)
    for state, number in (("open", 0), ("collecting", 0), ("failed", 0), ("succeeded", 1)):
        Campaign.objects.filter(pk=campaign.pk).update(state=state)
        assert len(receipt_donors.donors(campaign.collector, THIS_YEAR)) == number, state
    Campaign.objects.filter(pk=campaign.pk).update(state="open", round=2)
    assert len(receipt_donors.donors(campaign.collector, THIS_YEAR)) == 1


def test_nobody_else_s_gifts_by_typing_an_address(campaign):
    """The same mailbox with another name is another donor: it was typed, not proved."""
    gift(campaign, 90_000, name="Essai")
    gift(campaign, 100, name="Voleur")
    assert year(campaign)[0] == 2


def test_without_the_treasurer_s_word_nothing_is_issued():
    shut = CampaignFactory(receipts_eligible=True)
    gift(shut)
    with pytest.raises(receipts.NotAble):
        year(shut)
    with pytest.raises(receipts.NotAble):
        receipts.mark(shut, by=None, sentence=SENTENCE)


def test_who_and_when_said_that_gifts_give_a_right(campaign):
    keeper = treasurer(campaign.collector)
    assert receipts.mark(campaign, by=keeper, sentence="") is True
    assert receipts.mark(campaign, by=keeper, sentence="") is False
    assert receipts.mark(campaign, by=keeper, sentence="Yes, word for word.") is True
    said = JournalEntry.objects.filter(verb="crowdfunding.receipts.allowed").latest("pk")
    assert (said.actor, said.facts["sentence"], said.public) == (keeper, "Yes, word for word.", False)


def test_cancelled_keeps_its_number_and_says_by_what_it_is_replaced(campaign):
    first = gift(campaign, 5000)
    gift(campaign, 3000)
    year(campaign)
    old = TaxReceipt.objects.get()
    Payment.objects.filter(pk=first.pk).update(refunded_minor=2000)
    assert list(receipts.stale(TaxReceipt.objects.all())) == [old]
    assert (receipts.flag_stale(), receipts.flag_stale()) == (1, 0)
    newer = receipts.cancel(old, by=None, reason="refund", replace=True)
    old.refresh_from_db()
    assert (old.state, old.number, newer.number, newer.replaces) == ("cancelled", 1, 2, old)
    assert newer.amount_minor == 6000
    assert not receipts.stale(TaxReceipt.objects.all()).exists()
    assert newer.facts["replaces"] == old.label
    with pytest.raises(NotPossible):
        receipts.cancel(old, by=None, reason="refund")
    assert receipts.totals(campaign.collector) == [(THIS_YEAR, 1, newer.amount)]


def test_corrected_later_it_still_replaces_the_cancelled_one(campaign):
    payment = gift(campaign, name="Faute")
    year(campaign)
    with pytest.raises(receipt_donors.HasReceipt):
        identify(payment.pledge, last_name="Juste")
    old = TaxReceipt.objects.get()
    assert receipts.cancel(old, by=None, reason="identity") is None
    identify(payment.pledge, last_name="Juste")
    year(campaign)
    assert TaxReceipt.objects.get(state="issued").replaces == old


def test_a_gift_wholly_given_back_leaves_nothing_to_replace(campaign):
    payment = gift(campaign)
    year(campaign)
    payments.undo(payment, by=None, reason="returned")
    old = TaxReceipt.objects.get()
    assert receipts.cancel(old, by=None, reason="refund", replace=True) is None
    assert TaxReceipt.objects.count() == 1


def test_a_gift_that_moved_stands_on_one_receipt(campaign):
    """Moved with its receipt, the same money gives no second one until the first is cancelled."""
    moved = gift(campaign, 5000)
    assert year(campaign) == (1, 0)
    there = receiptable(collector=campaign.collector)
    Campaign.objects.filter(pk=campaign.pk).update(state="cancelled")
    new = moves.move(moved.pledge, there)
    identify(new)
    assert year(campaign) == (0, 0)
    first = TaxReceipt.objects.get()
    assert list(receipts.stale(TaxReceipt.objects.all())) == [first]
    receipts.cancel(first, by=None, reason="refund")
    assert year(campaign) == (1, 0)
    assert receipts.totals(campaign.collector) == [(THIS_YEAR, 1, first.amount)]


def test_a_gift_stands_on_one_receipt(campaign):
    payment = gift(campaign)
    donor = receipt_donors.single(payment)
    receipts.issue(donor, by=None)
    with pytest.raises(receipts.NothingToReceipt):
        receipts.issue(donor, by=None)
    line = ReceiptLine.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptLine.objects.create(receipt=line.receipt, payment=payment, amount_minor=1)


def test_a_number_that_was_not_used_is_given_again(campaign, monkeypatch):
    """Gap-free: what fails after the number was taken gives it back."""
    donor = receipt_donors.single(gift(campaign))

    def broken(*_args, **_kwargs):
        raise RuntimeError("out of paper")

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "printed", broken)
        with pytest.raises(RuntimeError):
            receipts.issue(donor, by=None)
    assert receipts.issue(donor, by=None).number == 1


def test_the_document_is_the_same_at_any_time(campaign):
    year_of_gift = gift(campaign, 123_456)
    year(campaign)
    receipt = TaxReceipt.objects.get()
    assert receipt_facts.document(receipt).startswith(b"%PDF")
    issuer_now = issuer(campaign.collector)
    issuer_now.name = "Another name"
    issuer_now.save()
    DonorIdentity.objects.filter(pledge=year_of_gift.pledge).delete()
    receipt.refresh_from_db()
    assert receipt_facts.is_as_issued(receipt)
    receipt.facts["minor"] += 1
    assert not receipt_facts.is_as_issued(receipt)


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (1, "un centime"),
        (100, "un euro"),
        (8000, "quatre-vingts euros"),
        (20_001, "deux cents euros et un centime"),
        (7180, "soixante et onze euros et quatre-vingts centimes"),
        (100_000_000, "un million d’euros"),
    ],
)
def test_amounts_in_words(minor, words):
    assert receipt_facts.words(minor) == words


def test_the_table_of_receipts_is_closed():
    assert set(RECEIPT) == set(TaxReceipt.State)


def test_erased_as_far_as_the_law_permits(campaign):
    """Names go at once; on receipts they stay for six years, then go too."""
    person = PersonFactory(email="donor@tiwizi.example")
    gift(campaign)
    year(campaign)
    assert [row for row in receipt_privacy.export_receipts(person) if row.get("receipt")]
    receipt_privacy.erase_receipts(person)
    assert not DonorIdentity.objects.exists()
    assert TaxReceipt.objects.get().facts["donor"]["last_name"] == "Essai"
    TaxReceipt.objects.update(issued_at=timezone.now() - receipt_privacy.KEPT * 2)
    receipt_privacy.erase_receipts(person)
    assert TaxReceipt.objects.get().facts["donor"]["last_name"] == "—"


def test_the_letter_opens_the_receipt_and_nothing_else(client, campaign, mailoutbox):
    gift(campaign)
    year(campaign)
    link = Letter.objects.get(template="crowdfunding/mail/receipt_issued").context["url"]
    path = link.split("/", 3)[3]
    answer = client.get(f"/{path}")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert client.get(f"/{path[:-3]}xx/").status_code == 404
    deliver_letters()
    assert f"{THIS_YEAR}-0001" in mailoutbox[-1].subject
