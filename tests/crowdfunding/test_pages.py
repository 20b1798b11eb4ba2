"""Campaign pages, panels, lists and figures: what readers see."""

from __future__ import annotations

import pytest

from core.money import money
from plugins.crowdfunding.domain import figures
from tests.crowdfunding.factories import CampaignFactory, manager, promise, received
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


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
