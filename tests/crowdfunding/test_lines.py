"""One goal, several kinds of promise: each line has its own bar, nothing is funded twice unnoticed (D16)."""

from __future__ import annotations

import secrets

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import BudgetLine, JournalEntry
from core.money import CurrencyMismatch, money
from plugins.crowdfunding.domain import days, in_kind, lines, offer_figures, shares
from plugins.crowdfunding.domain.in_kind import Reception, Thing
from plugins.crowdfunding.domain.offers import Giver
from plugins.crowdfunding.models import Allotment, Campaign, DaysOffer, InKindOffer, Share
from tests.crowdfunding.factories import CampaignFactory, manager, promise, received
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
GIVER = Giver("giver@tiwizi.example", "Fatima")


def budget(project, kind="money", size=100_000, currency="EUR") -> BudgetLine:
    money_line = kind == "money"
    return BudgetLine.objects.create(
        project=project,
        kind=kind,
        texts={"fr": f"Ligne {BudgetLine.objects.count()}"},
        amount_minor=size if money_line else None,
        currency=currency if money_line else "",
        quantity=None if money_line else size,
        order=BudgetLine.objects.count(),
    )


def share(line, minor=20_000, *, despite=False, currency=None, by=None) -> Share:
    given = shares.Promise("Commune d'Asserar", money(minor, currency or line.currency))
    return shares.announce(line, given, by=by, form_key=secrets.token_urlsafe(24), despite=despite)


def things(campaign, line, quantity=5) -> InKindOffer:
    rows = [Thing("Lits", quantity, line=line)]
    return in_kind.offer(campaign, GIVER, rows, form_key=secrets.token_urlsafe(24), currency="EUR")


def work(campaign, line, number=5) -> DaysOffer:
    return days.offer(
        campaign, GIVER, group="Groupe", days=number, line=line, form_key=secrets.token_urlsafe(24)
    )


@pytest.fixture
def campaign():
    return CampaignFactory()


def bar_of(line) -> lines.Bar:
    return lines.of_line(line)


class TestBars:
    """There, promised, missing."""

    def test_gifts_fill_the_lines_from_the_top(self, campaign):
        first, second, third = (budget(campaign.project) for _number in range(3))
        for line in (first, second):
            shares.allot(campaign, line, money(100_000, "EUR"), by=None)
        received(campaign, 130_000)
        promise(campaign, 50_000, email="other@tiwizi.example")
        bars = lines.of_project(campaign.project)
        assert [(bar.there, bar.promised, bar.missing) for bar in bars] == [
            (100_000, 0, 0),
            (30_000, 50_000, 20_000),
            (0, 0, 100_000),
        ]
        assert [bar.line for bar in bars] == [first, second, third]

    def test_a_share_is_promised_until_it_is_paid(self, campaign):
        line = budget(campaign.project)
        one = share(line)
        assert (bar_of(line).there, bar_of(line).promised) == (0, 20_000)
        one = shares.decide(one, timezone.localdate(), "Délibération 12", by=None)
        one = shares.pay(one, timezone.localdate(), by=None)
        assert (bar_of(line).there, bar_of(line).promised) == (20_000, 0)
        one = shares.unpay(one, by=None)
        shares.withdraw(one, by=None)
        assert (bar_of(line).there, bar_of(line).promised, bar_of(line).payers) == (0, 0, [])

    def test_kinds_and_currencies_are_never_added_together(self, campaign):
        euros = budget(campaign.project)
        dirhams = budget(campaign.project, currency="MAD")
        beds = budget(campaign.project, "in_kind", 10)
        hands = budget(campaign.project, "days", 10)
        share(dirhams, 30_000)
        in_kind.accept(things(campaign, beds, 4), "", by=None)
        days.accept(work(campaign, hands, 3), "", by=None)
        got = {bar.line.pk: (bar.there, bar.promised) for bar in lines.of_project(campaign.project)}
        assert got == {euros.pk: (0, 0), dirhams.pk: (0, 30_000), beds.pk: (0, 4), hands.pk: (0, 3)}
        with pytest.raises(CurrencyMismatch):
            share(euros, 10, currency="MAD")
        with pytest.raises(CurrencyMismatch):
            shares.allot(campaign, dirhams, money(10, "MAD"), by=None)
        for line in (beds, hands):
            with pytest.raises(shares.NotMoney):
                share(line, 10, currency="EUR")

    def test_what_is_only_offered_counts_nowhere(self, campaign):
        beds = budget(campaign.project, "in_kind", 10)
        things(campaign, beds, 4)
        assert (bar_of(beds).there, bar_of(beds).promised) == (0, 0)

    @pytest.mark.parametrize("state", ["cancelled", "failed"])
    def test_a_campaign_that_ended_without_pays_nothing(self, campaign, state):
        line = budget(campaign.project)
        shares.allot(campaign, line, money(100_000, "EUR"), by=None)
        Campaign.objects.filter(pk=campaign.pk).update(state=state)
        assert (bar_of(line).committed, bar_of(line).missing) == (0, 100_000)

    def test_bars_cost_the_same_with_many_lines(self, campaign, django_assert_max_num_queries):
        for _number in range(12):
            line = budget(campaign.project)
            share(line, 100)
            share(line, 200)
        beds = budget(campaign.project, "in_kind", 1_000)
        for _number in range(5):
            in_kind.accept(things(campaign, beds, 2), "", by=None)
        shares.allot(campaign, line, money(100, "EUR"), by=None)
        known = Campaign.objects.shown().get(pk=campaign.pk)
        with django_assert_max_num_queries(2):
            assert len(lines.of_project(campaign.project, [known])) == 13
        with django_assert_max_num_queries(3):
            assert len(lines.of_project(campaign.project)) == 13
        empty = CampaignFactory()
        with django_assert_max_num_queries(1):
            assert lines.of_project(empty.project) == []


def test_figures_count_what_came_in_each_kind(campaign):
    today = timezone.localdate()
    for currency, minor in (("EUR", 500), ("MAD", 700), ("EUR", 300)):
        one = shares.decide(share(budget(campaign.project, currency=currency), minor), today, "x", by=None)
        shares.pay(one, today, by=None)
    share(budget(campaign.project), 900)
    got = in_kind.accept(things(campaign, None, 5), "", by=None)
    in_kind.receive(got, Reception("x", today, arrived={got.things.get().pk: 4}), by=None)
    days.done(days.accept(work(campaign, None, 5), "", by=None), 6, today, by=None)
    for project in (None, campaign.project):
        assert offer_figures.shares_paid(project) == [money(800, "EUR"), money(700, "MAD")]
        assert offer_figures.things_received(project) == 4
        assert offer_figures.days_done(project) == 6
    other = CampaignFactory().project
    assert offer_figures.shares_paid(other) == []
    assert (offer_figures.things_received(other), offer_figures.days_done(other)) == (0, 0)


class TestTwice:
    """D16: a line is not funded above its amount unnoticed."""

    def test_a_share_too_much_is_refused_with_the_excess(self, campaign):
        line = budget(campaign.project, size=100_000)
        share(line, 90_000)
        with pytest.raises(lines.Overfunded) as error:
            share(line, 20_000)
        assert error.value.bar.excess == 10_000
        assert Share.objects.count() == 1
        share(line, 20_000, despite=True)
        entry = JournalEntry.objects.get(verb="crowdfunding.line.over")
        assert "100" in entry.facts["excess"]
        assert entry.public

    def test_campaign_things_and_days_are_held_to_it_too(self, campaign):
        line = budget(campaign.project, size=100_000)
        share(line, 90_000)
        with pytest.raises(lines.Overfunded):
            shares.allot(campaign, line, money(10_001, "EUR"), by=None)
        assert not Allotment.objects.exists()
        beds = budget(campaign.project, "in_kind", 5)
        with pytest.raises(lines.Overfunded):
            in_kind.accept(things(campaign, beds, 6), "", by=None)
        hands = budget(campaign.project, "days", 5)
        offered = work(campaign, hands, 6)
        with pytest.raises(lines.Overfunded):
            days.accept(offered, "", by=None)
        offered.refresh_from_db()
        assert offered.state == "offered"
        assert days.accept(offered, "", by=None, despite=True).state == "accepted"

    def test_the_page_names_the_excess_and_who_else_pays_then_takes_a_yes(self, client, campaign):
        by = manager(campaign.project.owner)
        line = budget(campaign.project, size=100_000)
        share(line, 90_000)
        client.force_login(by)
        address = reverse("crowdfunding:share_announce", args=[campaign.project.slug, line.uid])
        sent = {"form_key": secrets.token_urlsafe(24), "who": "Conseil provincial", "amount": "200"}
        response = client.post(address, sent)
        page = response.content.decode()
        assert response.status_code == 422
        assert "100\u00a0€" in page
        assert "Commune d&#x27;Asserar" in page
        assert 'type="checkbox"' in page
        assert 'value="Conseil provincial"' in page
        assert client.post(address, sent | {"despite": "on"}).status_code == 302
        assert client.post(address, sent | {"despite": "on"}).status_code == 302  # twice is once
        assert Share.objects.count() == 2
        plan = client.get(reverse("crowdfunding:plan", args=[campaign.project.slug])).content.decode()
        assert 'role="note"' in plan


class TestPages:
    """Who plans, and what everyone reads."""

    def test_the_campaign_shows_each_line_with_its_bar(self, client, campaign):
        beds = budget(campaign.project, "in_kind", 10)
        line = budget(campaign.project)
        share(line)
        page = client.get(campaign.get_absolute_url()).content.decode()
        assert f'id="line-{beds.uid}"' in page
        assert f"offer/?line={beds.uid}" in page
        assert "Commune d&#x27;Asserar" in page
        assert page.count('class="bar"') >= 3

    @pytest.mark.parametrize("who", ["stranger", "giver"])
    def test_strangers_plan_nothing(self, client, campaign, who):
        line = budget(campaign.project)
        one = share(line)
        slug = campaign.project.slug
        addresses = [
            reverse("crowdfunding:plan", args=[slug]),
            reverse("crowdfunding:share_announce", args=[slug, line.uid]),
            reverse("crowdfunding:allot", args=[slug, line.uid, campaign.slug]),
            reverse("crowdfunding:share_act", args=[slug, one.uid, "withdraw"]),
        ]
        client.force_login(PersonFactory(email=f"{who}@tiwizi.example"))
        assert [client.post(address, {}).status_code for address in addresses] == [403] * 4
        one.refresh_from_db()
        assert one.state == "announced"

    def test_a_share_goes_through_its_life_on_pages(self, client, campaign):
        one = share(budget(campaign.project))
        client.force_login(manager(campaign.project.owner))

        def act(name, **sent):
            address = reverse("crowdfunding:share_act", args=[campaign.project.slug, one.uid, name])
            assert client.get(address).status_code in (200, 302, 404)
            return client.post(address, sent).status_code

        day = f"{timezone.localdate():%Y-%m-%d}"
        assert act("pay", on=day) == 302  # not possible yet: told
        assert act("decide", on="2999-01-01", reference="x") == 422
        assert act("decide", on=day, reference="Délibération 12") == 302
        assert act("pay", on=day) == 302
        assert act("nonsense") == 404
        one.refresh_from_db()
        assert (one.state, one.reference) == ("paid", "Délibération 12")
