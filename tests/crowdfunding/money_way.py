"""What tests of transfers, expenses and receipts share."""

from __future__ import annotations

import io
import secrets
from datetime import date

from django.utils import timezone
from PIL import Image

from core.models import BudgetLine
from core.money import money
from plugins.crowdfunding.domain import payouts, receipt_donors, receipts, spending
from plugins.crowdfunding.models import ReceiptIssuer
from tests.crowdfunding.factories import CampaignFactory, received
from tests.factories import OrganisationFactory

SENTENCE = "We may."


def photo(name="invoice.jpg"):
    """A small photograph, as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "JPEG")
    file.seek(0)
    file.name = name
    return file


def passing(**facts):
    """A campaign whose receiver is another organisation."""
    return CampaignFactory(receiver=OrganisationFactory(), **facts)


def sent(campaign, minor=4000, fee=0, *, key="", on=None, by=None):
    """A transfer that left the collector."""
    transfer = payouts.Transfer(
        money(minor, campaign.currency), money(fee, campaign.currency), on or timezone.localdate()
    )
    return payouts.send(campaign, transfer, by=by, form_key=key or secrets.token_urlsafe(24))


def arrived(payout, minor=43_000, currency="MAD", *, on=None, by=None):
    """The receiver's word."""
    return payouts.confirm(payout, money(minor, currency), arrived_on=on or timezone.localdate(), by=by)


def spent(campaign, minor=10_000, currency="MAD", *, organisation=None, key="", **facts):
    """An expense of the receiver."""
    expense = spending.Expense(
        money(minor, currency), facts.pop("on", timezone.localdate()), facts.pop("what", "Pipes"), **facts
    )
    return spending.book(
        campaign,
        organisation or campaign.receiver,
        expense,
        by=None,
        form_key=key or secrets.token_urlsafe(24),
    )


def line(project, minor=50_000, currency="MAD", text="Pipes"):
    """A budget line in money."""
    return BudgetLine.objects.create(
        project=project, kind="money", texts={"fr": text}, amount_minor=minor, currency=currency
    )


def issuer(organisation):
    """The organisation may issue receipts."""
    return receipts.set_issuer(
        organisation,
        by=None,
        sentence=SENTENCE,
        name="Horizon d’essai",
        siren="732829320",
        category=ReceiptIssuer.Category.GENERAL,
        object="L’eau pour tous",
        street="1 rue d’Essai",
        postcode="95100",
        town="Argenteuil",
        signatory="Zahra Essai",
        capacity="trésorière",
    )


def receiptable(**facts):
    """A campaign whose gifts give a right to receipts."""
    campaign = CampaignFactory(**facts)
    if not ReceiptIssuer.objects.filter(organisation=campaign.collector).exists():
        issuer(campaign.collector)
    receipts.mark(campaign, by=None, sentence=SENTENCE)
    campaign.refresh_from_db()
    return campaign


def identify(pledge, **facts):
    """The donor's name and address."""
    said = {
        "first_name": "Zahra",
        "last_name": "Essai",
        "street": "3 allée d’Essai",
        "postcode": "95100",
        "town": "Argenteuil",
        "country": "France",
    } | facts
    return receipt_donors.identify(pledge, **said)


def gift(campaign, minor=5000, *, name="Essai", email="donor@tiwizi.example"):
    """A gift of an identified donor."""
    payment = received(campaign, minor, email=email)
    identify(payment.pledge, last_name=name)
    return payment


THIS_YEAR = date.today().year
