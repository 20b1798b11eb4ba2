"""The pages of milestones: the team plans and claims, witnesses look by a private link, everyone reads."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import Collection

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain import milestones, witnesses
from plugins.crowdfunding.models import Campaign, Milestone, Witness
from tests.crowdfunding.factories import CampaignFactory, manager, received, treasurer
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def collection(db):
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")


def url(name, *args):
    return reverse(f"crowdfunding:{name}", args=args)


def upload():
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG")
    out.seek(0)
    out.name = "photo.jpg"
    return out


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def team(client, campaign):
    """The manager of the project's owner, signed in."""
    person = manager(campaign.project.owner)
    client.force_login(person)
    return client


def planned(campaign, **more):
    facts = {
        "texts": {"fr": {"title": "Creuser", "text": "<p>De l'eau</p>"}, "ar": {"title": "الحفر"}},
        "due_on": timezone.localdate() + timedelta(days=5),
        "needed": 1,
        "share": 50,
    }
    return milestones.plan(campaign, by=None, **facts | more)


def test_from_the_plan_to_the_release(team, client, campaign, mailoutbox):
    """D15: planned on the site, the witness invited by letter confirms with a photo, the money is free."""
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    form = {"title_fr": "Creuser le puits", "amount": "500", "due_on": day, "needed": "1"}
    assert team.post(url("milestone_add", campaign.slug), form).status_code == 302
    row = Milestone.objects.get()
    form = {"name": "Lahcen Exemple", "email": "oeil@tiwizi.example", "role": "instituteur", "language": "fr"}
    assert team.post(url("witness_invite", campaign.slug), form).status_code == 302
    deliver_letters()
    link = re.search(r"/fr/crowdfunding/witnessing/[\w-]+/", mailoutbox[-1].body).group()
    client.logout()
    page = client.get(link)
    assert "Creuser le puits" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    client.post(link, {"act": "accept"})
    received(campaign, 90_000)
    client.force_login(manager(campaign.project.owner))
    claim = url("milestone_claim", campaign.slug, row.uid)
    assert client.post(claim, {"note": ""}).status_code == 422
    assert client.post(claim, {"note": "Douze mètres"}).status_code == 302
    deliver_letters()
    ask = re.search(r"/fr/crowdfunding/witnessing/[\w-]+/\w+/", mailoutbox[-1].body).group()
    client.logout()
    assert client.post(ask, {"verdict": "confirms"}).status_code == 422
    assert client.post(ask, {"verdict": "objects"}).status_code == 422
    wrong = client.post(ask, {"verdict": "confirms", "photo": upload(), "words": "J'y étais"})
    assert wrong.status_code == 422  # the consent is missing; the photo is kept
    kept = re.search(r'name="photo_kept" value="([^"]+)"', wrong.content.decode()).group(1)
    sent = client.post(
        ask, {"verdict": "confirms", "photo_kept": kept, "consent": "on", "words": "J'y étais"}
    )
    assert sent.status_code == 302
    row.refresh_from_db()
    assert row.state == Milestone.State.RELEASED
    shown = client.get(row.get_absolute_url()).content.decode()
    assert "J&#x27;y étais" in shown
    assert "oeil@tiwizi.example" not in shown
    assert "<img" in shown


def test_the_line_on_the_page_of_the_campaign(client, campaign, django_assert_max_num_queries):
    """Read by everyone; the same number of queries with one step and with six."""
    planned(campaign, share=10)
    witnesses.accept(witnesses.invite(campaign, by=None, name="Lahcen", email="w@tiwizi.example"))
    client.get(campaign.get_absolute_url())
    with django_assert_max_num_queries(14) as one:
        page = client.get(campaign.get_absolute_url() + "?a").content.decode()
    assert "Creuser" in page
    assert "Lahcen" in page
    assert "w@tiwizi.example" not in page
    for _ in range(5):
        planned(campaign, share=10)
    with django_assert_max_num_queries(len(one)):
        client.get(campaign.get_absolute_url() + "?b")


PAGES = ["milestones_plan", "milestone_add", "witness_invite"]
STEP = ["milestone_edit", "milestone_remove", "milestone_claim"]


def test_who_may_do_what(client, campaign):
    """The team plans; the treasurer, strangers and guests do not; others' drafts are not even there."""
    row = planned(campaign)
    eye = witnesses.invite(campaign, by=None, name="L", email="w@tiwizi.example")
    paths = [url(name, campaign.slug) for name in PAGES]
    paths += [url(name, campaign.slug, row.uid) for name in STEP]
    paths.append(url("witness_dismiss", campaign.slug, eye.uid))
    for path in paths:
        assert client.get(path).status_code == 302  # to sign in
        assert "login" in client.get(path)["Location"] or "account" in client.get(path)["Location"]
    for person in (PersonFactory(), treasurer(campaign.collector)):
        client.force_login(person)
        assert {client.get(path).status_code for path in paths} == {403}
        assert {client.post(path).status_code for path in paths} == {403}
    for person in (manager(campaign.project.owner), PersonFactory(is_animator=True)):
        client.force_login(person)
        assert {client.get(path).status_code for path in paths} == {200}
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.DRAFT)
    client.logout()
    assert client.get(row.get_absolute_url()).status_code == 404


def test_forms_that_are_filled_in_wrongly(team, campaign):
    """A sentence at the field and nothing written: no tranche, two, past, too much, no title, gone."""
    path = url("milestone_add", campaign.slug)
    soon = (timezone.localdate() + timedelta(days=3)).isoformat()
    good = {"title_fr": "A", "amount": "10", "due_on": soon, "needed": "1"}
    bad = [
        {"amount": ""},
        {"share": "20"},
        {"due_on": "2020-01-01"},
        {"due_on": "9999-12-31"},
        {"amount": "99999"},
        {"title_fr": ""},
        {"needed": "-1"},
        {"amount": "1.000"},
    ]
    for wrong in bad:
        assert team.post(path, good | wrong).status_code == 422, wrong
    assert not Milestone.objects.exists()
    assert team.get(url("milestone_edit", campaign.slug, "nothing")).status_code == 404
    eye = {"name": "L", "email": "w@tiwizi.example", "language": "fr"}
    assert team.post(url("witness_invite", campaign.slug), eye | {"email": "x"}).status_code == 422
    assert team.post(url("witness_invite", campaign.slug), eye).status_code == 302
    assert team.post(url("witness_invite", campaign.slug), eye).status_code == 422
    assert Witness.objects.count() == 1


def test_a_witness_leaves_and_a_wrong_link(client, campaign):
    """The witness alone decides; an unknown link is not found; who left is asked nothing."""
    row = planned(campaign)
    eye = witnesses.accept(witnesses.invite(campaign, by=None, name="L", email="w@tiwizi.example"))
    milestones.claim(row, by=None, note="Fait")
    assert client.get(url("witness", "no-such-token")).status_code == 404
    assert client.get(url("testify", eye.token, row.uid)).status_code == 200
    client.post(eye.get_absolute_url(), {"act": "leave"})
    assert client.get(url("testify", eye.token, row.uid)).status_code == 302
    assert client.post(eye.get_absolute_url(), {"act": "leave"}).status_code == 302
    person = PersonFactory(email="w2@tiwizi.example")
    witnesses.invite(campaign, by=None, name="Deux", email="w2@tiwizi.example")
    client.force_login(person)
    assert campaign.title in client.get(url("witness_mine")).content.decode()


def test_a_signed_in_witness_finds_it_on_the_account(client, campaign):
    """The account lists where the person is a witness; nobody else's."""
    person = PersonFactory(email="w@tiwizi.example")
    eye = witnesses.invite(campaign, by=None, name="L", email="W@tiwizi.example")
    client.force_login(person)
    assert eye.get_absolute_url() in client.get(reverse("account")).content.decode()
    client.force_login(PersonFactory())
    assert eye.get_absolute_url() not in client.get(reverse("account")).content.decode()
