"""Expenses: on their lines (D16), by who holds the money, with invoices shown only when vouched for (D15)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.domain import files
from core.models import JournalEntry
from core.money import money
from plugins.crowdfunding.domain import funds, ledger, payouts, spending
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, Entry, Milestone, Payout, Spending
from tests.crowdfunding.factories import CampaignFactory, manager, received, treasurer
from tests.crowdfunding.money_way import arrived, line, passing, photo, sent, spent
from tests.factories import PersonFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    made = passing()
    received(made, 100_000)
    arrived(sent(made, 50_000), 500_000)
    return made


def test_spent_leaves_the_receiver_s_account(campaign):
    spent(campaign, 120_000)
    assert funds.arrived(campaign) == {"MAD": money(380_000, "MAD")}
    assert money(380_000, "MAD") in ledger.balances(campaign.project)


@pytest.mark.parametrize(
    "facts", [{"minor": 500_001}, {"minor": 100, "currency": "EUR"}, {"minor": 100, "where": "cash"}]
)
def test_what_is_not_there_is_not_spent(campaign, facts):
    with pytest.raises(funds.NotEnough):
        spent(campaign, facts.pop("minor"), **facts)
    assert not Spending.objects.exists()


def test_only_who_holds_the_money_spends_it(campaign):
    with pytest.raises(spending.NotItsMoney):
        spent(campaign, organisation=CampaignFactory().collector)
    with pytest.raises(spending.NotItsMoney):
        spent(campaign, line=line(ProjectFactory()))
    spent(campaign, 1000, "EUR", organisation=campaign.collector)
    with pytest.raises(funds.NotEnough):
        spent(campaign, 49_001, "EUR", organisation=campaign.collector)


@pytest.mark.parametrize("state", ["open", "collecting", "failed", "cancelled"])
def test_a_conditional_campaign_s_money_is_not_spent_before_it_succeeded(client, state):
    """B: one side only. The collector who uses the money himself waits for the verdict like everyone else."""
    campaign = CampaignFactory(kind="all_or_nothing", needed_minor=600_000)
    received(campaign, 100_000)
    Campaign.objects.filter(pk=campaign.pk).update(state=state)
    with pytest.raises(funds.NotEnough):
        spent(campaign, 100, "EUR", organisation=campaign.collector)
    client.force_login(treasurer(campaign.collector))
    page = f"/fr/crowdfunding/treasury/{campaign.collector.slug}/spending/"
    assert campaign.title not in client.get(page).content.decode()
    assert client.get(f"{page}{campaign.slug}/new/").status_code == 404
    Campaign.objects.filter(pk=campaign.pk).update(state="succeeded")
    spent(campaign, 100, "EUR", organisation=campaign.collector)
    assert client.get(f"{page}{campaign.slug}/new/").status_code == 200


def test_a_line_is_never_passed_unnoticed(campaign):
    """D16: above its line an expense needs a reason, says so to everyone and to both sides."""
    planned = line(campaign.project, 50_000)
    spent(campaign, 40_000, line=planned)
    with pytest.raises(spending.AboveLine) as refused:
        spent(campaign, 15_000, line=planned)
    assert refused.value.over == money(5_000, "MAD")
    assert not JournalEntry.objects.filter(verb="crowdfunding.spending.over").exists()
    above = spent(campaign, 15_000, line=planned, over_why="The price rose")
    assert above.over_minor == 5_000
    assert JournalEntry.objects.get(verb="crowdfunding.spending.over").public
    assert spent(campaign, 1_000, line=planned, over_why="Again").over_minor == 1_000


def test_a_line_in_euros_counts_at_the_rate_that_was_had(campaign):
    """50,000 sent became 500,000: one euro is ten dirhams here, and nothing is added before it is turned."""
    planned = line(campaign.project, 10_000, "EUR")
    assert spending.left_on(planned, "MAD") == money(100_000, "MAD")
    spent(campaign, 90_000, line=planned)
    with pytest.raises(spending.AboveLine):
        spent(campaign, 10_001, line=planned)
    spent(campaign, 10_000, line=planned)
    assert spending.left_on(planned, "EUR") == money(0, "EUR")


def test_the_same_form_twice_is_one_expense(campaign):
    first, again = (spent(campaign, key="k" * 32) for _ in range(2))
    assert first == again
    with pytest.raises(spending.AlreadyUsed):
        spent(campaign, 9_999, key="k" * 32)


def test_undone_by_its_mirror_once(campaign):
    row = spent(campaign)
    spending.undo(row, by=None)
    assert funds.arrived(campaign)["MAD"] == money(500_000, "MAD")
    with pytest.raises(NotPossible):
        spending.undo(row, by=None)
    assert Entry.objects.filter(account__kind="spent").count() == 2


def test_an_arrival_already_spent_is_not_taken_back(campaign):
    spent(campaign, 1)
    with pytest.raises(funds.NotEnough):
        payouts.correct(Payout.objects.get(), by=None)


def test_the_expense_is_entered_on_the_page_and_its_invoice_shown_only_when_vouched(client, campaign):
    client.force_login(manager(campaign.receiver))
    row = entered(client, campaign)
    invoice = f"/fr/crowdfunding/spending/{row.uid}/invoice/"
    show = f"/fr/crowdfunding/spending/{row.uid}/show/"
    assert client.get(invoice).content == files.read(row.invoice)
    assert client.post(show, {"shown": "1"}).status_code == 403
    client.logout()
    assert client.get(invoice).status_code == 403
    assert invoice not in read_by_everyone(client, campaign)
    client.force_login(treasurer(campaign.receiver))
    assert client.post(show, {"shown": "1"}).status_code == 302
    client.logout()
    assert client.get(invoice).status_code == 200
    assert invoice in read_by_everyone(client, campaign)
    spending.undo(Spending.objects.get(), by=None)
    assert client.get(invoice).status_code == 403


def entered(client, campaign) -> Spending:
    """600 MAD on a line of 500: refused until the reason is given, with the invoice kept meanwhile."""
    planned = line(campaign.project, 50_000)
    base = f"/fr/crowdfunding/treasury/{campaign.receiver.slug}/spending/"
    assert client.get(base).status_code == 200
    url = f"{base}{campaign.slug}/new/"
    data = {
        "what": "Tuyaux",
        "currency": "MAD",
        "amount": "600",
        "spent_on": str(Payout.objects.get().sent_on),
        "line": planned.pk,
        "where": "bank",
        "supplier": "Omar",
        "form_key": value_of("form_key", client.get(url).content.decode()),
    }
    refused = client.post(url, data | {"file": photo(), "step": "do"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'name="over_why"' in page
    assert not Spending.objects.exists()
    data |= {"over_why": "Plus cher", "file_kept": value_of("file_kept", page)}
    asked = client.post(url, data)
    assert asked.status_code == 200
    assert client.post(url, data | {"step": "do"}).status_code == 302
    row = Spending.objects.get()
    assert (row.over_minor, row.line, row.invoice is not None) == (10_000, planned, True)
    return row


def value_of(name: str, page: str) -> str:
    """What a hidden field of a page holds."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def read_by_everyone(client, campaign) -> str:
    """The campaign's money page: what was bought and why it cost more, never from whom."""
    page = client.get(f"/fr/crowdfunding/campaigns/{campaign.slug}/money/").content.decode()
    assert "Tuyaux" in page
    assert "Plus cher" in page
    assert "Omar" not in page
    assert "csrf" not in page
    return page


@pytest.mark.parametrize("page", ["payouts/", "spending/"])
def test_only_keepers_and_managers_see_the_lists(client, campaign, page):
    url = f"/fr/crowdfunding/treasury/{campaign.receiver.slug}/{page}"
    assert client.get(url).status_code == 302
    for person, allowed in (
        (PersonFactory(), False),
        (PersonFactory(is_animator=True), False),
        (treasurer(campaign.collector), False),
        (manager(campaign.receiver), True),
        (treasurer(campaign.receiver), True),
    ):
        client.force_login(person)
        assert (client.get(url).status_code == 200) == allowed


def test_milestones_hold_the_money_back_until_they_are_released():
    """Only what confirmed steps release is passed on or spent."""
    made = passing()
    received(made, 100_000)
    due = {"due_on": timezone.localdate()}
    steps = [
        Milestone.objects.create(campaign=made, position=place, share_percent=50, **due) for place in (1, 2)
    ]
    with pytest.raises(funds.NotEnough) as refused:
        sent(made, 1)
    assert refused.value.there == money(0, "EUR")
    Milestone.objects.filter(pk=steps[0].pk).update(state="released")
    sent(made, 50_000)
    with pytest.raises(funds.NotEnough):
        sent(made, 1)
    with pytest.raises(funds.NotEnough):
        spent(made, 1, "EUR", organisation=made.collector)
    Milestone.objects.filter(pk=steps[1].pk).update(state="released")
    sent(made, 50_000)
