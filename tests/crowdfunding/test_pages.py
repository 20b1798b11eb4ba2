"""Campaign pages, panels, lists, figures, API, federation, privacy: what readers and machines see."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from core.domain.notices import deliver
from core.journal import record
from core.models import Follow, JournalEntry
from core.money import money
from core.registry import registry
from core.text import clean
from plugins.crowdfunding import federation, privacy, tasks
from plugins.crowdfunding.domain import campaigns, collectors, figures
from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, NotPossible
from plugins.crowdfunding.models import Campaign, Ledger, Pledge, Tally
from tests.crowdfunding.factories import (
    CampaignFactory,
    CollectorSettingsFactory,
    manager,
    promise,
    received,
    treasurer,
)
from tests.factories import OrganisationFactory, PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db
TEXTS = {
    "fr": {"title": "Le stock commun", "story": "<p>Bocaux<script>x</script></p>"},
    "ar": {"title": "", "story": ""},
}


def prepare(project=None, collector=None, **facts):
    project = project or ProjectFactory()
    day = timezone.localdate()
    values = {"goal": money(600_000, "EUR"), "opens_on": day, "closes_on": day + timedelta(days=30)} | facts
    collector = collector or project.owner
    return campaigns.prepare(
        project, by=None, texts=TEXTS, collector=collector, receiver=project.owner, **values
    )


def test_a_campaign_lives_by_its_table():
    """Draft → open → closed; what the table does not name cannot be done."""
    campaign = prepare()
    assert "<script>" not in campaign.texts["fr"]["story"]
    assert set(campaign.texts) == {"fr"}
    with pytest.raises(collectors.NotSetUp):
        campaigns.open_(campaign, by=None)
    CollectorSettingsFactory(organisation=campaign.collector)
    campaigns.open_(campaign, by=None)
    for act in (campaigns.open_,):
        with pytest.raises(NotPossible):
            act(campaign, by=None)
    campaigns.close(campaign, by=None)
    for act in (campaigns.open_, campaigns.close, campaigns.cancel):
        with pytest.raises(NotPossible):
            act(campaign, by=None)
    assert set(CAMPAIGN) == set(Campaign.State)


def test_two_campaigns_of_one_title_have_two_addresses():
    assert prepare().slug != prepare().slug


def test_cancelling_a_campaign_frees_its_promises():
    campaign = CampaignFactory()
    promise(campaign)
    received(campaign, email="b@x.example")
    campaigns.cancel(campaign, by=None)
    assert set(Pledge.objects.values_list("state", flat=True)) == {"cancelled", "received"}
    tally = Tally.objects.get()
    assert (tally.promised_minor, tally.received_minor) == (0, 5000)


def test_ended_campaigns_close_by_themselves():
    day = timezone.localdate() - timedelta(days=1)
    campaign = CampaignFactory(opens_on=day, closes_on=day)
    assert tasks.close_ended_campaigns.func() == 1
    campaign.refresh_from_db()
    assert campaign.state == "closed"


def test_schedules_run():
    received(CampaignFactory())
    assert tasks.verify_ledgers.func() == 0
    assert tasks.follow_up_pledges.func() == {"reminded": 0, "expired": 0}
    assert Ledger.objects.get().verified_at is not None


def form(**fields):
    day = timezone.localdate()
    return {
        "currency": "EUR",
        "kind": "keep",
        "goal": "2 800",
        "minimum": "1",
        "opens_on": day.isoformat(),
        "closes_on": (day + timedelta(days=30)).isoformat(),
        "title_fr": "Caravane médicale",
        "story_fr": "Trois jours.\n\nTrente cartables.",
    } | fields


def test_a_manager_prepares_and_opens_a_campaign(client):
    """D4: from a 2,800 € caravan to infrastructure, on the organisation's own project."""
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    page = f"/fr/projects/{project.slug}/"
    assert f"/fr/crowdfunding/projects/{project.slug}/campaign/" in client.get(page).content.decode()
    both = {"collector": project.owner_id, "receiver": project.owner_id}
    answer = client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both))
    campaign = Campaign.objects.get()
    assert answer.url == campaign.get_absolute_url()
    assert campaign.goal == money(280_000, "EUR")
    assert campaign.texts["fr"]["story"] == "<p>Trois jours.</p><p>Trente cartables.</p>"
    assert client.get(answer.url).status_code == 200
    act = f"{answer.url}act/open/"
    assert client.get(act).status_code == 200
    assert client.post(act).url == f"/fr/crowdfunding/treasury/{project.owner.slug}/account/"
    CollectorSettingsFactory(organisation=project.owner)
    client.post(act)
    campaign.refresh_from_db()
    assert campaign.state == "open"
    edit = f"{answer.url}edit/"
    assert "Trente cartables." in client.get(edit).content.decode()
    assert client.post(edit, form(goal="3000", title_ar="قافلة طبية")).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.goal_minor, set(campaign.texts)) == (300_000, {"fr", "ar"})
    client.logout()
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"goal": "0"},
        {"goal": "x"},
        {"minimum": "9999"},
        {"closes_on": "2020-01-01"},
        {"closes_on": "2999-01-01"},
        {"opens_on": ""},
        {"title_fr": ""},
        {"currency": "USD"},
        {"collector": "0"},
        {"title_fr": "x" * 200},
    ],
)
def test_a_wrong_campaign_is_refused_with_the_form_filled(client, fields):
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    both = {"collector": project.owner_id, "receiver": project.owner_id}
    answer = client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both) | fields)
    assert answer.status_code == 422
    assert "Trente cartables." in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_stranger_s_organisation_cannot_be_made_to_collect(client):
    project = ProjectFactory()
    client.force_login(manager(project.owner))
    both = {"collector": OrganisationFactory().pk, "receiver": project.owner_id}
    assert client.post(f"/fr/crowdfunding/projects/{project.slug}/campaign/", form(**both)).status_code == 422


def test_the_currency_is_fixed_by_the_first_promise(client):
    campaign = CampaignFactory()
    promise(campaign)
    client.force_login(manager(campaign.collector))
    answer = client.post(f"{campaign.get_absolute_url()}edit/", form(currency="MAD"))
    assert answer.status_code == 422
    assert Campaign.objects.get().currency == "EUR"


def test_an_unknown_act_is_not_found(client):
    campaign = CampaignFactory()
    client.force_login(manager(campaign.collector))
    assert client.get(f"{campaign.get_absolute_url()}act/explode/").status_code == 404


def test_a_donor_s_message_can_be_hidden(client):
    campaign = CampaignFactory()
    payment = received(campaign, name="X", message="rude words")
    client.force_login(manager(campaign.collector))
    assert "rude words" in client.get(campaign.get_absolute_url()).content.decode()
    client.post(f"{campaign.get_absolute_url()}messages/{payment.pledge.uid}/hide/")
    assert "rude words" not in client.get(campaign.get_absolute_url()).content.decode()


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_pages_answer_in_every_language(client, language):
    campaign = CampaignFactory()
    received(campaign)
    paths = [
        "",
        f"campaigns/{campaign.slug}/",
        f"campaigns/{campaign.slug}/give/",
        f"ledger/{campaign.project.slug}/",
    ]
    for path in [*paths, "?state=over", "ledger/verifier.py"]:
        assert client.get(f"/{language}/crowdfunding/{path}").status_code == 200


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_nothing_is_left_in_english(client, language):
    """D11: the give page speaks the reader's language."""
    campaign = CampaignFactory()
    page = client.get(f"/{language}/crowdfunding/campaigns/{campaign.slug}/give/").content.decode()
    for english in ("Promise", "Your gift", "Another amount", "Do not show"):
        assert english not in page


def test_reading_pages_hold_no_token(client):
    """They are kept in the page cache: no CSRF token, no cookie, nothing personal."""
    campaign = CampaignFactory()
    received(campaign)
    for path in ("", f"campaigns/{campaign.slug}/", f"ledger/{campaign.project.slug}/"):
        answer = client.get(f"/fr/crowdfunding/{path}")
        assert "csrfmiddlewaretoken" not in answer.content.decode()
        assert "csrf" not in str(answer.cookies)


def test_an_empty_site_says_what_to_do(client):
    assert "/fr/projects/" in client.get("/fr/crowdfunding/").content.decode()
    assert 'class="empty"' in client.get("/fr/crowdfunding/?state=over&after=x").content.decode()
    project = ProjectFactory()
    assert client.get(f"/fr/crowdfunding/ledger/{project.slug}/").status_code == 200
    assert client.get(f"/fr/crowdfunding/ledger/{project.slug}/ledger.json").status_code == 404


def queries(client, path, django_assert_max_num_queries, most):
    client.get(path)
    with django_assert_max_num_queries(most) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("kind", ["list", "campaign", "project", "ledger", "home", "api"])
def test_pages_cost_the_same_with_one_and_three(client, kind, django_assert_max_num_queries, settings):
    """At most 12 queries, whatever stands on the page."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    project = ProjectFactory()
    first = CampaignFactory(project=project)
    paths = {
        "list": "/fr/crowdfunding/",
        "campaign": first.get_absolute_url(),
        "project": project.get_absolute_url(),
        "ledger": f"/fr/crowdfunding/ledger/{project.slug}/",
        "home": "/fr/",
        "api": "/api/v1/crowdfunding/campaigns/",
    }
    received(first, name="A", message="m")
    one = queries(client, paths[kind], django_assert_max_num_queries, 12)
    for number in range(2):
        campaign = CampaignFactory(project=project)
        received(campaign, email=f"{number}@x.example")
        received(first, email=f"x{number}@x.example", message="m")
        promise(first, email=f"y{number}@x.example")
    assert queries(client, paths[kind], django_assert_max_num_queries, 12) == one


def test_lists_go_on_by_keyset(client):
    for _number in range(21):
        CampaignFactory()
    page = client.get("/fr/crowdfunding/").content.decode()
    assert page.count('class="item plain"') == 20
    after = page.split("?after=")[1].split('"')[0]
    assert client.get(f"/fr/crowdfunding/?after={after}").content.decode().count('class="item plain"') == 1


def test_the_running_balance_goes_on_over_pages(client):
    campaign = CampaignFactory()
    for number in range(52):
        received(campaign, 100 * (number + 1), email=f"{number}@x.example")
    page = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/").content.decode()
    assert "1\u202f378\u00a0€" in page or "1\u00a0378\u00a0€" in page
    after = page.split("?after=")[1].split('"')[0]
    older = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/?after={after}").content.decode()
    assert older.count('id="line-') == 2
    assert "<bdi>3\u00a0€</bdi>" in older


def test_currencies_are_never_mixed(client):
    """Figures and bars stand side by side, per currency."""
    project = ProjectFactory()
    received(CampaignFactory(project=project), 5000)
    received(CampaignFactory(project=project, currency="MAD"), 70000)
    assert figures.raised(project) == [money(5000, "EUR"), money(70000, "MAD")]
    assert figures.raised(None) == figures.raised(project)
    assert figures.backers(project) == 2
    assert figures.promised(project) == []
    page = client.get(f"/fr/crowdfunding/ledger/{project.slug}/").content.decode()
    assert "50\u00a0€" in page
    assert "700\u00a0DH" in page


def test_shares_never_overflow():
    campaign = CampaignFactory(goal_minor=1000)
    received(campaign, 5000)
    campaign.tally.refresh_from_db()
    assert campaign.shares == (100, 0)
    assert campaign.missing == money(0, "EUR")


def test_the_api_counts_and_never_names(client):
    campaign = CampaignFactory()
    received(campaign, name="Zahra", email="z@x.example")
    CampaignFactory(state="draft")
    answer = client.get(
        "/api/v1/crowdfunding/campaigns/", {"project": campaign.project.uid, "state": "open"}
    ).json()
    assert [row["received_minor"] for row in answer["results"]] == [5000]
    assert "Zahra" not in json.dumps(answer)
    assert client.get(f"/api/v1/crowdfunding/campaigns/{campaign.uid}/").json()["backers"] == 1


def test_what_other_instances_see_stands_alone():
    """D20: texts with amounts in words and the link last; counters, never a person."""
    campaign = CampaignFactory()
    received(campaign, name="Zahra", email="z@x.example")
    found = federation.describe(Campaign.objects.shown().get())
    assert set(found.texts) == {"fr", "ar"}
    for text in found.texts.values():
        assert "50\u00a0€" in unescape(text.content)
        assert text.content.rstrip().endswith("</a></p>")
        assert clean(text.content) == text.content
    assert found.extra["raised"] == {"minor": 5000, "currency": "EUR"}
    assert found.extra["backers"] == 1
    assert "Zahra" not in str(found)
    assert list(federation.public()) == [campaign]


@pytest.mark.parametrize("change", [{"state": "draft"}, {"hidden": True}])
def test_what_is_not_public_does_not_leave(change):
    campaign = CampaignFactory(**change)
    assert federation.describe(campaign) is None
    assert not federation.public()


def test_moderation_hides_and_shows_again(client):
    campaign = CampaignFactory()
    subject = registry.subject("crowdfunding.campaign")
    subject.hide(campaign, None)
    assert client.get(campaign.get_absolute_url()).status_code == 404
    subject.restore(campaign, None)
    assert client.get(campaign.get_absolute_url()).status_code == 200
    verbs = list(JournalEntry.objects.values_list("verb", flat=True))
    assert verbs == ["crowdfunding.campaign.hidden", "crowdfunding.campaign.restored"]


def test_treasurers_and_followers_are_told(mailoutbox):
    campaign = prepare()
    keeper, follower = treasurer(campaign.collector), PersonFactory()
    CollectorSettingsFactory(organisation=campaign.collector)
    ref = campaign.project.ref
    Follow.objects.create(person=follower, subject_type=ref.type, subject_key=ref.key)
    campaigns.open_(campaign, by=None)
    campaign.refresh_from_db()
    received(campaign)
    deliver()
    told = [(mail.to[0], mail.subject) for mail in mailoutbox]
    assert len([1 for to, _subject in told if to == follower.email]) == 1, told
    assert [1 for to, _subject in told if to == keeper.email]


def test_a_person_s_promises_are_exported_and_erased():
    """The donor becomes nobody; amounts, dates and the number of backers stay."""
    campaign, person = CampaignFactory(), PersonFactory(email="z@x.example")
    payment = received(campaign, name="Zahra", email="z@x.example", message="bravo")
    received(campaign, name="Zahra", email="z@x.example")
    assert [row["name"] for row in privacy.export_pledges(person)] == ["Zahra", "Zahra"]
    privacy.erase_pledges(person)
    pledge = Pledge.objects.get(pk=payment.pledge_id)
    assert (pledge.email, pledge.name, pledge.message, pledge.amount_minor) == ("", "", "", 5000)
    assert privacy.export_pledges(person) == []
    from plugins.crowdfunding.domain import audit

    assert [fault for found in audit.run() for fault in found.faults] == []


def test_verbs_are_sentences_with_their_facts():
    """Each entry of the journal reads as a sentence in French and Arabic."""
    from django.db import transaction
    from django.utils import translation

    from core.domain.notices import sentence

    campaign = CampaignFactory()
    payment = received(campaign)
    with transaction.atomic():
        record(None, "crowdfunding.campaign.opened", campaign, goal="1 €")
    assert payment.amount == money(5000, "EUR")
    for language in ("fr", "ar"):
        with translation.override(language):
            for entry in JournalEntry.objects.all():
                said = sentence(entry, campaign)
                assert "{" not in said
                assert said != campaign.title
