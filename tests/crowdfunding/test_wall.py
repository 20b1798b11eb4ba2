"""The wall of donors: it respects anonymity, adds up to the tally whatever happens, and costs the same at any length."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import JournalEntry
from core.money import money
from plugins.crowdfunding.domain import disputes, donors, moves, payments, refunds
from plugins.crowdfunding.gateways.base import DisputeOutcome, DisputeStatus
from plugins.crowdfunding.models import Campaign, Payment, Pledge
from tests.crowdfunding.factories import CampaignFactory, manager, promise, receipt, received
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory()


def place(campaign, rest=""):
    return f"/fr/crowdfunding/campaigns/{campaign.slug}/{rest}"


def adds_up(campaign):
    """What the wall shows, page by page and on the campaign's page, against the tally."""
    fresh = Campaign.objects.shown().get(pk=campaign.pk)
    shown, number, after = money(0, fresh.currency), 0, None
    while True:
        page = donors.page(fresh, after)
        shown += donors.total(page.wall.bricks, fresh.currency) + page.wall.others_amount
        number += len(page.wall.bricks) + page.wall.others
        if page.after is None:
            break
        after = str(page.after)
    assert (shown, number) == (fresh.received, fresh.tally.gifts)
    first = donors.wall(fresh)
    assert donors.total(first.bricks, fresh.currency) + first.others_amount == fresh.received
    assert len(first.bricks) + first.others == fresh.tally.gifts
    assert first.others >= 0
    assert all(brick.amount.amount > 0 for brick in first.bricks)
    anonymous, amount = donors.anonymous(fresh)
    assert anonymous <= fresh.tally.gifts
    assert amount <= fresh.received


def test_who_wishes_to_be_unseen_is_a_number(client, campaign):
    received(campaign, 2000, name="Zahra", message="Bon courage")
    received(campaign, 3000, name="Cachée", anonymous=True, email="b@x.example")
    received(campaign, 4000, name="Muette", anonymous=True, email="c@x.example", message="Sans mon nom")
    for rest in ("", "donors/"):
        page = client.get(place(campaign, rest)).content.decode()
        assert "Zahra" in page
        assert "Cachée" not in page
        assert "Muette" not in page
        assert "Sans mon nom" in page
        assert "30\u00a0€" in page
    found = donors.anonymous(Campaign.objects.shown().get())
    assert found == (2, money(7000, "EUR"))


def test_what_was_given_back_in_part_counts_for_the_rest(client, campaign):
    payment = received(campaign, 5000, name="Zahra")
    refunds.request(payment, money(1500, "EUR"), by=None, reason="donor", form_key="some-of-it-back")
    assert "35\u00a0€" in client.get(place(campaign, "donors/")).content.decode()
    adds_up(campaign)
    payment.refresh_from_db()
    refunds.request(payment, money(3500, "EUR"), by=None, reason="donor", form_key="all-of-it-back")
    assert "Zahra" not in client.get(place(campaign, "donors/")).content.decode()
    adds_up(campaign)


def test_a_gift_that_was_moved_stands_on_the_other_wall(campaign):
    there = CampaignFactory(collector=campaign.collector, project__owner=campaign.project.owner)
    payment = received(campaign, 5000, name="Zahra")
    Campaign.objects.filter(pk=campaign.pk).update(state="failed")
    payment.pledge.refresh_from_db()
    moves.move(payment.pledge, there)
    adds_up(campaign)
    adds_up(there)
    assert Campaign.objects.shown().get(pk=there.pk).received == money(5000, "EUR")


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["give", "unseen", "undo", "part", "all", "drop", "contest"]),
        st.integers(0, 9),
        st.integers(1, 9000),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@given(acts=ACTS)
def test_the_wall_adds_up_whatever_happens(acts):
    """D15: bricks and the unnamed rest are the tally's received, after any gifts, refunds, disputes, corrections."""
    campaign = CampaignFactory()
    for number, (act, which, minor) in enumerate(acts):
        rows = list(Payment.objects.filter(campaign=campaign).order_by("pk"))
        if act in {"give", "unseen"} or not rows:
            pledge = promise(campaign, minor + 100, email=f"{which}@x.example", anonymous=act == "unseen")
            payments.receive(pledge, receipt(minor + 100), by=None)
        else:
            play(act, rows[which % len(rows)], minor, f"acts-of-a-test-{number}")
        adds_up(campaign)


def play(act, payment, minor, key):
    """One act on a payment; what is not possible now is refused and changes nothing."""
    try:
        if act == "undo":
            payments.undo(payment, by=None, reason="mistake")
        elif act in {"part", "all"}:
            amount = payment.amount if act == "all" else money(minor, "EUR")
            refunds.request(payment, amount, by=None, reason="donor", form_key=key)
        elif act == "contest":
            contest(payment)
        elif refund := payment.refunds.filter(state="due").first():
            refunds.drop(refund, by=None)
    except ValueError:
        return


def contest(payment):
    """The bank takes what is left of a gift back for now; the second time it is won."""
    rest = Payment.objects.get(pk=payment.pk).standing_minor
    known = payment.disputes.filter(state="opened").first()
    amount = known.amount if known else money(rest, "EUR")
    status = DisputeStatus.WON if known else DisputeStatus.OPENED
    outcome = DisputeOutcome(status=status, reference="dp", payment=payment.reference, amount=amount)
    disputes.apply(payment, outcome)


def test_pages_hold_each_gift_once(client, campaign):
    for number in range(35):
        received(campaign, 1000 + number, name=f"Nom{number:02}", email=f"{number}@x.example")
    first = client.get(place(campaign, "donors/"))
    after = first.context["page"].after
    second = client.get(place(campaign, "donors/"), {"after": after})
    names = [brick.name for page in (first, second) for brick in page.context["page"].wall.bricks]
    assert len(names) == len(set(names)) == 35
    assert client.get(place(campaign, "donors/"), {"after": "-1"}).status_code == 200


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_page_costs_the_same_with_one_gift_and_with_thirty(client, campaign):
    """At most twelve queries, however many pledges there are."""
    received(campaign, 1000, email="first@x.example")
    few = queries(client, place(campaign)), queries(client, place(campaign, "donors/"))
    for number in range(29):
        received(
            campaign, 1000 + number, name=f"N{number}", email=f"{number}@x.example", anonymous=number % 3 == 0
        )
    many = queries(client, place(campaign)), queries(client, place(campaign, "donors/"))
    assert few == many
    assert min(many) >= 3
    assert max(many) <= 12


def test_a_message_is_hidden_and_shown_again(client, campaign):
    pledge = received(campaign, name="Zahra", message="Un gros mot").pledge
    client.force_login(manager(campaign.collector))
    client.post(place(campaign, f"messages/{pledge.uid}/hide/"))
    assert "Son message est masqué" in client.get(place(campaign)).content.decode()
    client.logout()
    page = client.get(place(campaign)).content.decode()
    assert "gros mot" not in page
    assert "Zahra" in page
    client.force_login(manager(campaign.collector))
    assert "Un gros mot" in client.get(place(campaign, f"messages/{pledge.uid}/show/")).content.decode()
    client.post(place(campaign, f"messages/{pledge.uid}/show/"))
    client.logout()
    assert "Un gros mot" in client.get(place(campaign)).content.decode()
    assert JournalEntry.objects.filter(verb="crowdfunding.message.shown", public=False).count() == 1


def test_strangers_moderate_nothing(client, campaign):
    pledge = received(campaign, name="Zahra", message="Bon courage").pledge
    assert client.post(place(campaign, f"messages/{pledge.uid}/show/")).status_code == 302
    client.force_login(PersonFactory())
    for act in ("hide", "show"):
        assert client.post(place(campaign, f"messages/{pledge.uid}/{act}/")).status_code == 403
    assert not Pledge.objects.get().message_hidden


def test_a_draft_has_no_wall(client):
    draft = CampaignFactory(state="draft")
    assert client.get(place(draft, "donors/")).status_code == 404
