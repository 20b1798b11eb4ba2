"""J9: the way of the money, from the transfer to the donor's share and her tax receipt, looked at in two scripts."""

from __future__ import annotations

import pytest

from plugins.crowdfunding.domain import payouts, receipts, spending
from plugins.crowdfunding.models import CollectorSettings, TaxReceipt
from tests.crowdfunding.factories import received, treasurer
from tests.crowdfunding.money_way import THIS_YEAR, arrived, gift, issuer, line, passing, photo, sent, spent
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign(site):
    """Something of everything: sent, arrived, spent, above the line, receipted, cancelled."""
    made = passing()
    issuer(made.collector)
    receipts.mark(made, by=None, sentence="Oui.")
    gift(made, 100_050)
    gift(made, 5_000, name="Autre", email="b@tiwizi.example")
    received(made, 7_000, email="c@tiwizi.example", name="Brahim")
    arrived(sent(made, 60_000, 250), 648_750)
    sent(made, 1_500)
    planned = line(made.project, 200_000, text="Tuyaux de la source")
    spent(made, 150_000, line=planned, what="Tuyaux en cuivre")
    spent(made, 70_000, line=planned, what="أنابيب نحاسية", over_why="Le prix a monté")
    spent(made, 10_000, what="Transport")
    receipts.issue_year(made.collector, THIS_YEAR, by=None)
    receipts.cancel(TaxReceipt.objects.first(), by=None, reason="mistake", replace=True)
    return made


def pages(campaign, private):
    """Every page of it, by a short name."""
    mine = f"crowdfunding/treasury/{campaign.collector.slug}/"
    theirs = f"crowdfunding/treasury/{campaign.receiver.slug}/"
    waiting = payouts.Payout.objects.get(state="sent")
    above = spending.Spending.objects.get(over_minor__gt=0)
    issued = TaxReceipt.objects.filter(state="issued").first()
    return {
        "money": f"crowdfunding/campaigns/{campaign.slug}/money/",
        "campaign": f"crowdfunding/campaigns/{campaign.slug}/",
        "ledger": f"crowdfunding/ledger/{campaign.project.slug}/",
        "private": private.removeprefix("/fr/"),
        "payouts": f"{mine}payouts/",
        "payout_new": f"{mine}payouts/{campaign.slug}/new/",
        "arrived": f"{theirs}payouts/{waiting.uid}/arrived/",
        "returned": f"{mine}payouts/{waiting.uid}/act/return/",
        "provider": f"{mine}provider/",
        "spendings": f"{theirs}spending/",
        "spending_new": f"{theirs}spending/{campaign.slug}/new/",
        "invoice": f"{theirs}spending/{above.uid}/invoice/",
        "receipts": f"{mine}receipts/",
        "issuer": f"{mine}receipts/issuer/",
        "eligible": f"{mine}receipts/campaigns/{campaign.slug}/",
        "cancel": f"{mine}receipts/{issued.uid}/cancel/",
        "rules": f"{mine}rules/",
        "exports": f"{mine}exports/",
    }


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_every_page_reads_well(new_page, sign_in, look, campaign, language, size):
    """No page is wider than its screen, and axe finds nothing, in French and Arabic on a phone and a desk."""
    keeper = treasurer(campaign.collector)
    MembershipFactory(organisation=campaign.receiver, role="treasurer", person=keeper)
    private = campaign.pledges.order_by("pk").first().get_absolute_url()
    page = new_page(viewport=PHONE if size == "phone" else DESKTOP, language=language)
    sign_in(page, keeper)
    for name, path in pages(campaign, private).items():
        look(page, f"/{language}/{path}")
        assert page.locator("h1").count() == 1, name


def test_from_the_transfer_to_the_donor_s_share_without_script(new_page, sign_in, campaign, tmp_path):
    """D15, D26: sent with its proof, confirmed by the other side, spent with its invoice, read by the donor."""
    keeper = treasurer(campaign.collector)
    boss = treasurer(campaign.receiver)
    picture = tmp_path / "order.jpg"
    picture.write_bytes(photo().read())
    page = new_page(viewport=PHONE, js=False)
    sign_in(page, keeper)
    page.goto(f"/fr/crowdfunding/treasury/{campaign.collector.slug}/payouts/")
    page.locator(f"a[href$='payouts/{campaign.slug}/new/']").click()
    page.fill("[name=amount]", "200")
    page.set_input_files("[name=file]", picture)
    page.click("main form button[type=submit]")
    page.click("button[value=do]")
    assert page.locator(".clock").count() >= 1
    other = new_page(viewport=PHONE, js=False)
    sign_in(other, boss)
    other.goto(f"/fr/crowdfunding/treasury/{campaign.receiver.slug}/payouts/")
    other.locator("a[href$='/arrived/']").first.click()
    other.fill("[name=amount]", "2160")
    other.click("main form button[type=submit]")
    assert "10,8000" in other.content()
    other.click("button[value=do]")
    reader = new_page(viewport=PHONE, js=False)
    reader.goto(f"/fr/crowdfunding/campaigns/{campaign.slug}/money/")
    assert "10,8000" in reader.content()
    reader.goto(campaign.pledges.order_by("pk").first().get_absolute_url())
    assert reader.locator("#share li").count() >= 4
    assert reader.locator("#receipt a").count() >= 1
    assert CollectorSettings.objects.count() >= 1
