"""The demonstration shows money in all its ways, once however often it is loaded, and its ledgers are intact."""

from __future__ import annotations

import dataclasses
import io

import pytest
from django.apps import apps
from django.core.management import call_command
from wagtail.models import Collection

from core.domain import notices
from core.models import BudgetLine, JournalEntry
from plugins.crowdfunding import models
from plugins.crowdfunding.models import (
    Campaign,
    CashGift,
    InKindOffer,
    Match,
    Milestone,
    Payment,
    Payout,
    Pledge,
    Refund,
    Share,
    Spending,
    Support,
    Tally,
)
from sites.demo import campaigns, money, organisations
from sites.demo.source import rows
from tests.factories import ProjectFactory, TerritoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["tiznit", "argenteuil"])
def loaded(request, settings, tmp_path):
    """A demonstration's organisations, people, campaigns and money."""
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, slug=request.param, demo=True)
    settings.MEDIA_ROOT = str(tmp_path)
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    for code in {row["territory"] for row in rows("organisations")}:
        TerritoryFactory(code=code)
    organisations.load_organisations()
    organisations.load_people()
    for row in rows("projects"):
        if any(found["project"] == row["slug"] for found in rows("campaigns")):
            ProjectFactory(slug=row["slug"], stage=row["stage"])
    load()
    return request.param


def load():
    with notices.quiet():
        campaigns.load_campaigns()
        money.load_money()


def everything():
    """Every row of the plug-in, and of the journal, as they are now."""
    models = [*apps.get_app_config("crowdfunding").get_models(), JournalEntry]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def test_loading_again_changes_nothing(loaded):
    before = everything()
    load()
    after = everything()
    assert {name for name in before if before[name] != after[name]} == set()


def test_its_ledgers_are_intact(loaded):
    out = io.StringIO()
    call_command("verify_ledger", stdout=out)
    assert "All ledgers are intact." in out.getvalue()
    assert Payment.objects.filter(state="received").exists()


def test_all_or_nothing_and_regular_support_run(loaded):
    campaign = Campaign.objects.get(kind="all_or_nothing")
    promises = Pledge.objects.filter(campaign=campaign)
    assert promises.count() >= 3
    assert set(promises.values_list("state", "channel")) == {("secured", "card")}
    tally = Tally.objects.get(campaign=campaign)
    assert 0 < tally.promised_minor < campaign.goal_minor
    assert tally.received_minor == 0
    supports = Support.objects.filter(campaign__kind="recurring")
    assert sorted(supports.values_list("channel", "state")) == [("card", "active"), ("transfer", "active")]


def test_a_fund_adds_and_cash_takes_two_persons(loaded):
    assert Match.objects.filter(amount_minor__gt=0).count() >= 2
    gifts = CashGift.objects.order_by("number")
    assert list(gifts.values_list("state", flat=True)) == ["confirmed", "declared"]
    confirmed = gifts[0]
    assert confirmed.declared_by_id != confirmed.decided_by_id
    assert confirmed.payment.state == "received"


def test_budget_lines_say_who_pays_what(loaded):
    """D8, D16."""
    project = Share.objects.get().line.project
    lines = BudgetLine.objects.filter(project=project)
    assert [line.kind for line in lines] == ["money", "in_kind", "days"]
    offer = InKindOffer.objects.get()
    assert (offer.state, offer.things.get().line) == ("accepted", lines[1])
    assert offer.deed_number
    assert Share.objects.get().state == "decided"


def test_money_is_released_passed_on_spent_and_given_back(loaded):
    """D15, D26."""
    assert list(Milestone.objects.values_list("state", flat=True)) == ["released", "planned"]
    said = models.Testimony.objects.get()
    assert (said.verdict, said.witness.state) == ("confirms", "accepted")
    assert said.photo is not None
    sent = Payout.objects.get()
    assert (sent.state, sent.currency, sent.arrived_currency) == ("arrived", "EUR", "MAD")
    spent = Spending.objects.get()
    assert (spent.currency, spent.line.project, spent.over_minor) == ("MAD", sent.campaign.project, 0)
    refund = Refund.objects.get()
    assert (refund.state, refund.payment.state) == ("done", "received")
    assert 0 < refund.amount_minor < refund.payment.amount_minor


def test_what_is_invented_says_so(loaded):
    for campaign in Campaign.objects.all():
        assert campaign.is_sample
        assert "invent" in str(campaign.texts["fr"])
    for row in (*Milestone.objects.all(), *Spending.objects.all(), *models.Testimony.objects.all()):
        assert "invent" in str(vars(row))
    assert "invent" in Share.objects.get().who
    assert "invent" in InKindOffer.objects.get().things.get().what
