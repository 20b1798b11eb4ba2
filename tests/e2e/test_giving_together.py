"""Regular support, matching funds and steps with witnesses in a browser: the pages fit, read well, and work."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from wagtail.models import Collection

from core.domain.mail import deliver_letters
from core.money import money
from plugins.crowdfunding.domain import milestones, pledges, sponsors, supports, witnesses
from plugins.crowdfunding.models import Campaign, MatchedCampaign, Support, Tally
from tests.crowdfunding.factories import CampaignFactory, manager, received, treasurer
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True)]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
"""A folder: the pages are also saved there as pictures."""


@pytest.fixture(autouse=True)
def collection(site):
    if Collection.get_first_root_node() is None:  # the flush after a live test removed Wagtail's first rows
        Collection.add_root(name="Root")


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 420), "#7a5c3a").save(out, "JPEG")
    return out.getvalue()


def planned(campaign, number, share=40):
    """A step of the campaign in two languages."""
    texts = {
        "fr": {"title": f"Étape {number} : creuser le puits", "text": "<p>On voit l'eau.</p>"},
        "ar": {"title": f"الخطوة {number}: حفر البئر", "text": "<p>نرى الماء.</p>"},
    }
    day = timezone.localdate() + timedelta(days=30 * number)
    return milestones.plan(campaign, by=None, texts=texts, due_on=day, needed=1, share=share)


@pytest.fixture
def steps(site):
    """A campaign with two steps, a witness who accepted, gifts, and a sponsor that doubles them."""
    campaign = CampaignFactory(collector=OrganisationFactory(name="Horizon d'essai"))
    first, second = planned(campaign, 1), planned(campaign, 2)
    eye = witnesses.accept(
        witnesses.invite(campaign, by=None, name="Lahcen", email="w@tiwizi.example", role="instituteur")
    )
    today = timezone.localdate()
    terms = sponsors.Terms(
        money(100_000, "EUR"), today, today + timedelta(days=20), person_cap=money(10_000, "EUR")
    )
    fund = sponsors.set_up(OrganisationFactory(name="Fondation Arganier"), terms, by=None, form_key="f" * 24)
    sponsors.answer(sponsors.offer(fund, campaign, by=None), by=None, accept=True)
    received(campaign, 90_000, email="a@tiwizi.example", name="Zahra")
    received(campaign, 5_000, email="b@tiwizi.example")
    milestones.claim(first, by=None, note="Douze mètres, l'eau est là.")
    campaign.first, campaign.second, campaign.eye, campaign.fund = first, second, eye, fund
    return campaign


@pytest.fixture
def monthly(site):
    """A campaign of regular support with two supporters."""
    campaign = CampaignFactory(kind=Campaign.Kind.RECURRING, goal_minor=50_000)
    for number, interval in enumerate(("month", "year")):
        donor = pledges.Donor(email=f"s{number}@tiwizi.example", name="Fatima")
        supports.make(
            campaign,
            donor,
            money(2500, "EUR"),
            interval=interval,
            channel="transfer",
            form_key=f"{number}" * 24,
        )
    return campaign


def test_a_witness_confirms_with_a_photo(any_page, steps, site, last_mail, watch):
    """D15: from the letter to the released money, with and without JavaScript."""
    watch.forgive("422")
    page = any_page
    deliver_letters()
    link = re.search(r"http://\S+/witnessing/\S+", last_mail("w@tiwizi.example").body).group()
    page.goto(link)
    page.get_by_label("Oui, je l’ai vu").check()
    page.get_by_role("textbox", name="Ce que vous avez vu").fill("L'eau est claire")
    page.get_by_role("button", name="Envoyer ce que j’ai vu").click()
    assert page.get_by_role("alert").is_visible()
    page.get_by_label(re.compile("Une photo")).set_input_files(
        {"name": "puits.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    page.get_by_label(re.compile("La photo peut être montrée")).check()
    page.get_by_role("button", name="Envoyer ce que j’ai vu").click()
    page.goto(f"{site}{steps.first.get_absolute_url()}")
    assert "Argent libéré" in page.locator("main").inner_text()
    assert page.get_by_role("img", name="Photo prise par Lahcen").is_visible()


def test_a_guest_supports_every_month_and_stops(any_page, monthly, site):
    """Three fields, then the standing order; a pause and the end are two clicks each."""
    page = any_page
    page.goto(f"{site}{monthly.get_absolute_url()}")
    page.get_by_role("link", name=re.compile("Soutenir régulièrement")).click()
    page.get_by_label("20 €", exact=True).check()
    page.get_by_label("tous les trois mois").check()
    page.get_by_label("par un virement permanent").check()
    page.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    page.get_by_role("button", name="Continuer").click()
    words = page.locator("main").inner_text()
    row = Support.objects.get(email="amie@tiwizi.example")
    assert f"{row.code[:4]}-{row.code[4:]}" in words
    for link, button in (("Suspendre", "Oui, le suspendre"), ("Arrêter mon soutien", "Oui, l’arrêter")):
        page.get_by_role("link", name=link).click()
        page.get_by_role("button", name=button).click()
    assert "Votre soutien a pris fin" in page.locator("main").inner_text()


def test_a_card_is_stored_once_and_charged_each_month(any_page, monthly, site, work):
    """The demonstration's page stores the card; the work charges it; the page says what was given this year."""
    page = any_page
    page.goto(f"{site}/fr/crowdfunding/campaigns/{monthly.slug}/support/")
    page.get_by_label("par carte").check()
    page.get_by_label("Votre adresse e-mail").fill("carte@tiwizi.example")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name=re.compile("^Enregistrer la carte$")).click()
    page.wait_for_url("**/supports/**")
    assert "4242" in page.locator("main").inner_text()
    work()
    page.reload()
    words = page.locator("main").inner_text().replace("\u00a0", " ")
    assert f"50 €\nen {timezone.localdate().year}" in words
    assert Tally.objects.get(campaign=monthly).received_minor == 5000


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["390", "1280"])
def test_axe(new_page, steps, monthly, sign_in, look, site, watch, language, viewport):
    """WCAG 2.2 AA: no finding on these pages, and nothing wider than the screen."""
    base = f"{site}/{language}/crowdfunding"
    row = Support.objects.filter(campaign=monthly).order_by("pk")[0]
    fresh = CampaignFactory(collector=steps.collector)
    planned(fresh, 1)
    slug, eye, place = steps.slug, steps.eye.token, MatchedCampaign.objects.get()
    pages = [
        f"/campaigns/{slug}/", f"/campaigns/{slug}/give/", f"/campaigns/{slug}/milestones/{steps.first.uid}/",
        f"/witnessing/{eye}/", f"/witnessing/{eye}/{steps.first.uid}/", f"/matching/{steps.fund.uid}/",
        f"/campaigns/{monthly.slug}/", f"/campaigns/{monthly.slug}/support/", f"/supports/{row.token}/",
        f"/supports/{row.token}/change/", f"/supports/{row.token}/stop/", "/",
    ]  # fmt: skip
    team = [
        f"/campaigns/{slug}/milestones/plan/", f"/campaigns/{slug}/milestones/{steps.second.uid}/claim/",
        f"/campaigns/{slug}/witnesses/invite/", f"/campaigns/{slug}/matching/{steps.fund.uid}/",
        f"/campaigns/{fresh.slug}/milestones/add/", f"/campaigns/{fresh.slug}/milestones/plan/",
    ]  # fmt: skip
    sponsor = [
        f"/matching/of/{steps.fund.sponsor.slug}/", f"/matching/of/{steps.fund.sponsor.slug}/add/",
        f"/matching/{steps.fund.uid}/offer/", f"/matching/{steps.fund.uid}/stop/",
    ]  # fmt: skip
    keeper = [
        f"/treasury/{monthly.collector.slug}/supports/", f"/treasury/{steps.collector.slug}/matches/",
        f"/treasury/{steps.collector.slug}/matches/{place.pk}/",
    ]  # fmt: skip
    both = treasurer(monthly.collector)
    both.memberships.create(organisation=steps.collector, role="treasurer")
    lead = manager(steps.collector)
    lead.memberships.create(organisation=monthly.collector, role="manager")
    readers = ((None, pages), (lead, team), (manager(steps.fund.sponsor), sponsor), (both, keeper))
    for person, paths in readers:
        page = new_page(viewport=viewport, language=language)
        if person is not None:
            sign_in(page, person)
        for path in paths:
            look(page, base + path)
