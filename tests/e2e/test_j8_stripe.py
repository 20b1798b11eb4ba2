"""J8: a guest gives on Stripe's page, which is the fake's: paid, declined, confirmed, left, debited, stored for the close."""

from __future__ import annotations

import re

import pytest

from plugins.crowdfunding.domain import checkouts
from plugins.crowdfunding.models import Payment, Pledge, ProviderEvent
from tests.crowdfunding.stripe_fake import Server
from tests.crowdfunding.stripe_site import ASKS, DECLINED, OK, Collecting, conditional, fresh

pytestmark = [pytest.mark.django_db(transaction=True)]
ARRIVED = "Votre don est arrivé"


@pytest.fixture
def server(settings):
    with Server() as running:
        settings.STRIPE_API_BASE = running.url
        yield running


@pytest.fixture
def stripe(server, site):
    return Collecting(server, site)


def words(page):
    return page.locator("main").inner_text().replace("\u00a0", " ")


def give(page, stripe, *, way="par carte", language="fr"):
    """The form, the page that leads on, and Stripe's page."""
    page.goto(f"{stripe.address}/{language}/crowdfunding/campaigns/{stripe.campaign.slug}/give/")
    page.get_by_label(
        re.compile("^\\s*\u2066?50\\s€\u2069?\\s*$")
    ).check()  # held together within Arabic words
    page.get_by_label(re.compile(way)).check()
    page.locator("input[type=email]").fill("amie@tiwizi.example")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/pay/cs_test_*")
    return Payment.objects.get()


def card(page, number):
    page.locator(f"#card-{number}").click()


@pytest.mark.smoke
def test_j8_paid(any_page, stripe):
    """Three screens, no script needed; what is typed here goes nowhere else, and no event has to come."""
    page = any_page
    give(page, stripe)
    assert "50.00 EUR" in words(page)
    card(page, OK)
    page.wait_for_url("**/pledges/**")
    assert ARRIVED in words(page)
    assert set(stripe.deliver(times=2)) == {200}
    assert stripe.raised == 5000
    stripe.agree()


def test_declined_then_another_card(any_page, stripe, watch):
    watch.forgive("402")
    page = any_page
    give(page, stripe)
    card(page, DECLINED)
    assert "declined" in page.get_by_role("alert").inner_text()
    card(page, OK)
    page.wait_for_url("**/pledges/**")
    assert ARRIVED in words(page)
    stripe.deliver(reverse=True)
    assert stripe.raised == 5000
    stripe.agree()


def test_the_bank_asks_to_confirm(any_page, stripe):
    page = any_page
    give(page, stripe)
    card(page, ASKS)
    page.locator("#no").click()
    assert Pledge.objects.get().state == "started"
    card(page, ASKS)
    page.locator("#yes").click()
    page.wait_for_url("**/pledges/**")
    assert ARRIVED in words(page)


def test_the_browser_is_closed(any_page, new_page, stripe):
    """Paid, and the browser never comes back: the event alone books the gift."""
    payment = give(any_page, stripe)
    any_page.close()
    assert stripe.press(payment) == 303
    assert set(stripe.deliver()) == {200}
    assert ProviderEvent.objects.filter(state="done").count() == 2
    page = new_page()
    page.goto(stripe.address + Pledge.objects.get().get_absolute_url())
    assert ARRIVED in words(page)


def test_left_without_paying_then_taken_up_again(any_page, stripe):
    """Back from Stripe's page: the private page offers to go on, and leads to the same page."""
    page = any_page
    payment = give(page, stripe)
    page.locator("#cancel").click()
    page.wait_for_url("**/pledges/**")
    assert ARRIVED not in words(page)
    page.locator("main form button").first.click()
    page.wait_for_url(f"**/pay/{payment.session}")
    card(page, OK)
    page.wait_for_url("**/pledges/**")
    assert (ARRIVED in words(page), len(stripe.bank.all("checkout.session"))) == (True, 1)


def test_a_direct_debit_takes_days(any_page, stripe):
    page = any_page
    payment = give(page, stripe, way="prélèvement")
    page.locator("#debit").click()
    page.wait_for_url("**/pledges/**")
    assert ARRIVED not in words(page)
    assert stripe.states(payment) == ("processing", "pledged")
    stripe.bank.settle(fresh(payment).reference)
    stripe.deliver()
    page.reload()
    assert ARRIVED in words(page)


def test_stored_for_the_close(any_page, server, site):
    """All or nothing: the page stores a card and takes nothing; the close takes it once."""
    stripe, page = conditional(server, site), any_page
    payment = give(page, stripe)
    card(page, OK)
    page.wait_for_url("**/pledges/**")
    assert "4242" in words(page)
    assert (stripe.states(payment)[1], stripe.bank.balance) == ("secured", {})
    checkouts.charge(fresh(payment.pledge))
    page.reload()
    assert ARRIVED in words(page)
    stripe.agree()


def test_in_arabic(new_page, stripe):
    """Stripe's page speaks no Arabic: it opens in French, and leads back to Arabic."""
    page = new_page(language="ar")
    payment = give(page, stripe, way="بالبطاقة|البطاقة", language="ar")
    assert stripe.bank.objects[payment.session]["locale"] == "fr"
    card(page, OK)
    page.wait_for_url("**/ar/**/pledges/**")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert Pledge.objects.get().state == "received"
