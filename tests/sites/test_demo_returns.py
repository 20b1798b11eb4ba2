"""The campaigns of the demonstration offer what their data says: every sample is marked as invented."""

from __future__ import annotations

import tomllib

import pytest

from plugins.crowdfunding.models import Delivery, Reward, Update
from sites.demo import campaigns
from sites.demo.source import SITES
from tests.factories import OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def tables(site):
    text = (SITES / site / "first_data" / "campaigns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["campaign"]


@pytest.mark.parametrize("site", ["tiznit", "argenteuil"])
def test_every_campaign_loads_with_its_rewards_and_news(site):
    for row in tables(site):
        names = {row["collector"], row["receiver"]} | {
            found["producer"] for found in row.get("rewards", []) if "producer" in found
        }
        for slug in names:
            OrganisationFactory._meta.model.objects.filter(slug=slug).exists() or OrganisationFactory(
                slug=slug
            )
        campaigns.load_campaign(ProjectFactory(slug=row["project"]), row)
    rows = tables(site)
    wanted = [found for row in rows for found in row.get("rewards", [])]
    assert Reward.objects.count() == len(wanted)
    assert Delivery.objects.count() == sum(len(found.get("chosen", [])) for found in wanted)
    assert Update.objects.filter(state="published").count() == sum(len(row.get("news", [])) for row in rows)
    assert all(row.taken <= row.stock for row in Reward.objects.filter(stock__isnull=False))
    for reward in Reward.objects.all():
        assert "invent" in str(reward.texts)
        assert set(reward.texts) >= {"fr", "ar"}
    for update in Update.objects.all():
        assert "invent" in str(update.texts)
    sent = set(Delivery.objects.filter(pledge__state="received").values_list("state", flat=True))
    assert sent <= {"to_send"}
