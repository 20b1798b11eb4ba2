"""J7, seen: every page of giving by card and of its treasury, in French and Arabic, on a phone and a desk; axe."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.money import money
from plugins.crowdfunding.domain import checkouts, refunds
from plugins.crowdfunding.gateways import demo_bank
from plugins.crowdfunding.models import Pledge, ProviderEvent
from tests.crowdfunding.factories import CampaignFactory, donor_by_card, received, treasurer
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def begun(campaign, number, act="", way="card"):
    """A payment on which something was pressed."""
    pledge = donor_by_card(campaign, way=way, email=f"{number}@tiwizi.example", name="Zahra")
    payment = checkouts.begin(pledge, channel=way, return_url="x", cancel_url="x")
    if act:
        demo_bank.press(payment.session, act)
        checkouts.follow(payment)
    return payment


@pytest.fixture
def rows(site):
    """One pledge of each situation, a refund, a dispute and an event that waits for a person."""
    keeper = OrganisationFactory(name="Horizon d'essai")
    keeps = CampaignFactory(collector=keeper)
    closes = timezone.localdate() + timedelta(days=14)
    conditional = CampaignFactory(
        collector=keeper, kind="all_or_nothing", needed_minor=500_000, tolerance_percent=5, closes_on=closes
    )
    open_page = begun(keeps, 0)
    payments = [
        begun(keeps, number, act)
        for number, act in enumerate(("", "pay", "decline", "confirm", "dispute"), 1)
    ]
    payments += [begun(keeps, 8, "pay", way="debit"), begun(conditional, 9, "pay")]
    refused = begun(conditional, 10, "refused_later")
    checkouts.charge(Pledge.objects.get(pk=refused.pledge_id))
    by_hand = received(keeps, 3000, email="11@tiwizi.example", name="Brahim")
    refund = refunds.request(by_hand, money(1000, "EUR"), by=None, reason="donor", form_key="k" * 24)
    event = ProviderEvent.objects.create(
        account=open_page.account, event="evt", type="payment.settled", at=timezone.now(), state="human", why="amount",
        payment=open_page, facts={"reference": "demo_pay_1", "amount": 4200, "currency": "EUR"},
    )  # fmt: skip
    private = [row.pledge for row in (*payments, refused, by_hand)]
    start = f"/treasury/{keeper.slug}"
    pages = [f"/campaigns/{campaign.slug}/give/" for campaign in (keeps, conditional)]
    pages += [f"/demo-bank/{row.session}/" for row in (open_page, payments[1], payments[3])]
    pages += [f"/pledges/{pledge.token}/" for pledge in private]
    pages += [f"/pledges/{payments[0].pledge.token}/{act}/" for act in ("transfer", "move", "cancel")]
    desk = [
        f"{start}/refunds/", f"{start}/disputes/", f"{start}/provider/", f"{start}/cards/", f"{start}/received/",
        f"{start}/payments/{by_hand.uid}/give-back/", f"{start}/refunds/{refund.uid}/done/",
        f"{start}/refunds/{refund.uid}/drop/", f"{start}/provider/{event.pk}/settle/",
    ]  # fmt: skip
    return treasurer(keeper), [*pages, "/lost-link/"], desk


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_axe(new_page, rows, sign_in, look, site, watch, language, viewport):
    """WCAG 2.2 AA: no finding, nothing wider than the screen, in both directions of writing."""
    keeper, pages, desk = rows
    watch.forgive("422")
    page = new_page(viewport=viewport, language=language)
    for path in pages:
        look(page, f"{site}/{language}/crowdfunding{path}")
    page.goto(f"{site}/{language}/crowdfunding{pages[0]}")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    look(page)
    sign_in(page, keeper)
    for path in desk:
        look(page, f"{site}/{language}/crowdfunding{path}")
    page.goto(f"{site}/{language}/crowdfunding{desk[5]}")
    page.locator("input[type=radio]").first.check()
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    look(page)
