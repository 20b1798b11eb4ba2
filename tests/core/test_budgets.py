"""Budget lines: money, things and days, each counted for itself (D16)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from core.domain import budgets
from core.domain.budgets import Measure
from core.models import BudgetLine, JournalEntry
from core.money import money, text
from tests.factories import MembershipFactory, PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return ProjectFactory()


@pytest.fixture
def manager(project):
    return MembershipFactory(organisation=project.owner).person


def cost(project, minor=120_000, currency="EUR", *, by, text="Transport") -> BudgetLine:
    return budgets.add(project, "money", {"fr": text}, Measure(money(minor, currency)), by=by)


def test_lines_stand_in_the_order_they_were_added(project, manager):
    cost(project, by=manager)
    budgets.add(project, "in_kind", {"fr": "Cartables"}, Measure(quantity=30, unit="pièces"), by=manager)
    budgets.add(project, "days", {"ar": "أيام ممرضين"}, Measure(quantity=12, unit="lost"), by=manager)
    lines = budgets.of_project(project)
    assert [line.kind for line in lines] == ["money", "in_kind", "days"]
    assert [line.measure for line in lines] == [120_000, 30, 12]
    assert [line.unit for line in lines] == ["", "pièces", ""]
    assert JournalEntry.objects.filter(project=project, verb="core.project.edited").count() == 3


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("money", Measure(quantity=3)),
        ("money", Measure(money(0, "EUR"))),
        ("money", Measure(money(100, "EUR"), quantity=3)),
        ("in_kind", Measure(money(100, "EUR"))),
        ("in_kind", Measure()),
        ("days", Measure(quantity=0)),
        ("days", Measure(quantity=-2)),
    ],
)
def test_a_line_counts_one_kind_of_thing(project, manager, kind, measure):
    with pytest.raises(budgets.NotALine):
        budgets.add(project, kind, {"fr": "x"}, measure, by=manager)
    assert not BudgetLine.objects.exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "money", "amount_minor": 100, "currency": ""},
        {"kind": "money", "amount_minor": None, "currency": "EUR"},
        {"kind": "days", "quantity": 3, "amount_minor": 3, "currency": "EUR"},
        {"kind": "in_kind", "quantity": None},
        {"kind": "other", "quantity": 3},
    ],
)
def test_the_database_refuses_mixed_lines_too(project, columns):
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.create(project=project, texts={"fr": "x"}, **columns)


def test_a_line_keeps_its_currency(project, manager):
    line = cost(project, by=manager)
    with pytest.raises(budgets.NotALine):
        budgets.edit(line, {}, Measure(money(120_000, "MAD")), by=manager)
    with pytest.raises(budgets.NotALine):
        budgets.edit(line, {}, Measure(quantity=3), by=manager)
    budgets.edit(line, {"ar": "النقل"}, Measure(money(90_000, "EUR")), by=manager)
    line.refresh_from_db()
    assert line.texts == {"fr": "Transport", "ar": "النقل"}
    assert line.amount == money(90_000, "EUR")


def test_lines_move_up_and_the_first_stays(project, manager):
    one, two, three = (cost(project, text=words, by=manager) for words in "abc")
    budgets.raise_line(three, by=manager)
    budgets.raise_line(one, by=manager)
    assert budgets.of_project(project) == [one, three, two]


def test_a_budget_has_an_end(project, manager, monkeypatch):
    monkeypatch.setattr(budgets, "MOST", 1)
    cost(project, by=manager)
    with pytest.raises(budgets.TooMany):
        cost(project, by=manager)


def test_a_line_shows_in_the_readers_language(project, manager):
    line = cost(project, by=manager, text="Transport")
    budgets.edit(line, {"ar": "النقل"}, Measure(line.amount), by=manager)
    line.refresh_from_db()
    with translation.override("ar"):
        assert (str(line), line.shown_language) == ("النقل", "ar")


class TestPages:
    """The page of who manages the project."""

    @pytest.fixture
    def page(self, project):
        return reverse("project_budget", args=[project.slug])

    def test_a_manager_writes_the_budget(self, client, project, manager, page):
        client.force_login(manager)
        sent = {
            "kind": "money",
            "text": "Transport",
            "language": "fr",
            "amount": "1 200,50",
            "currency": "MAD",
        }
        assert client.post(page, sent).status_code == 302
        sent = {"kind": "days", "text": "Infirmiers", "language": "fr", "quantity": "12"}
        assert client.post(page, sent).status_code == 302
        assert [line.measure for line in budgets.of_project(project)] == [120_050, 12]
        shown = client.get(page).content.decode()
        assert text(money(120_050, "MAD"), "fr") in shown
        assert "Infirmiers" in shown

    @pytest.mark.parametrize(
        "wrong",
        [
            {},
            {"kind": "money", "text": "x", "language": "fr"},
            {"kind": "money", "text": "x", "language": "fr", "amount": "1.000", "currency": "EUR"},
            {"kind": "money", "text": "x", "language": "fr", "amount": "-3", "currency": "EUR"},
            {"kind": "money", "text": "x", "language": "fr", "amount": "3", "currency": "USD"},
            {"kind": "days", "text": "x", "language": "fr", "quantity": "0"},
            {"kind": "in_kind", "text": "x", "language": "fr"},
            {"kind": "nonsense", "text": "x", "language": "fr", "quantity": "1"},
        ],
    )
    def test_what_is_wrong_is_said_with_the_form_still_filled(self, client, manager, page, wrong):
        client.force_login(manager)
        response = client.post(page, wrong)
        assert response.status_code == 422
        assert 'id="errors"' in response.content.decode()
        assert not BudgetLine.objects.exists()

    def test_a_line_is_changed_moved_and_removed(self, client, project, manager, page):
        first, second = cost(project, by=manager), cost(project, by=manager, text="Bus")
        client.force_login(manager)
        edit = reverse("project_budget_line", args=[project.slug, second.uid])
        assert "Bus" in client.get(edit).content.decode()
        assert client.post(edit, {"text": "Bus scolaire", "language": "fr", "amount": ""}).status_code == 422
        assert (
            client.post(edit, {"text": "Bus scolaire", "language": "fr", "amount": "80"}).status_code == 302
        )
        client.post(reverse("project_budget_up", args=[project.slug, second.uid]))
        assert [str(line) for line in budgets.of_project(project)] == ["Bus scolaire", "Transport"]
        client.post(reverse("project_budget_remove", args=[project.slug, first.uid]))
        assert [line.amount for line in budgets.of_project(project)] == [money(8000, "EUR")]

    @pytest.mark.parametrize("kind", ["in_kind", "days"])
    def test_lines_of_things_and_days_are_changed_too(self, client, project, manager, kind):
        line = budgets.add(
            project, kind, {"fr": "Cartables"}, Measure(quantity=30, unit="pièces"), by=manager
        )
        client.force_login(manager)
        edit = reverse("project_budget_line", args=[project.slug, line.uid])
        page = client.get(edit).content.decode()
        assert 'name="quantity"' in page
        assert 'name="amount"' not in page
        sent = {"text": "Cartables", "language": "fr", "quantity": "40", "unit": "sacs"}
        assert client.post(edit, sent).status_code == 302
        line.refresh_from_db()
        assert (line.quantity, line.unit) == (40, "sacs" if kind == "in_kind" else "")

    def test_strangers_write_nothing(self, client, project, manager, page):
        line = cost(project, by=manager)
        acts = [
            reverse(f"project_budget_{act}", args=[project.slug, line.uid])
            for act in ("line", "up", "remove")
        ]
        assert all(client.post(address).status_code == 302 for address in [page, *acts])  # to sign in
        client.force_login(PersonFactory())
        assert client.get(page).status_code == 403
        assert all(client.post(address, {}).status_code == 403 for address in [page, *acts])
        assert budgets.of_project(project) == [line]

    def test_a_line_belongs_to_its_project(self, client, manager, project):
        other = cost(ProjectFactory(), by=manager)
        client.force_login(manager)
        for act in ("line", "up", "remove"):
            address = reverse(f"project_budget_{act}", args=[project.slug, other.uid])
            assert client.post(address).status_code == 404

    def test_the_page_costs_the_same_with_many_lines(
        self, client, project, manager, page, django_assert_max_num_queries
    ):
        for _number in range(30):
            cost(project, by=manager)
        client.force_login(manager)
        client.get(page)
        with django_assert_max_num_queries(14):
            client.get(page)
