"""What a conditional campaign has at a moment of its closing, read from its rows."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from plugins.crowdfunding.domain.verdicts import Count
from plugins.crowdfunding.models import Campaign, ClosingRun, Payment, Pledge, Tally

State = Pledge.State


def unanswered() -> Exists:
    """Whether a provider still owes an answer on a pledge: a charge that was sent, a debit at the bank."""
    rows = Payment.objects.filter(pledge=OuterRef("pk"), state__in=Payment.UNFINISHED)
    return Exists(rows.filter(Q(state=Payment.State.PROCESSING) | Q(way=Payment.Way.CHARGE)))


def on_a_page() -> Exists:
    """Whether a donor stands on a provider's page that may still be finished."""
    rows = Payment.objects.filter(pledge=OuterRef("pk"), state=Payment.State.STARTED)
    return Exists(rows.exclude(way=Payment.Way.CHARGE))


def still_to_move(run: ClosingRun) -> QuerySet[Pledge]:
    """Pledges of the run's campaign on which nothing is decided yet."""
    return Pledge.objects.filter(campaign=run.campaign_id, state__in=Pledge.WAITING)


def count(campaign: Campaign) -> Count:
    """Each promise in one column; two queries however many there are."""
    rows = Pledge.objects.filter(campaign=campaign, state__in=Pledge.WAITING).annotate(busy=unanswered())
    sums = rows.order_by().values_list("state", "busy").annotate(Sum("amount_minor"))
    found = {"secured": 0, "processing": 0, "due": 0, "on_its_way": 0}
    for state, busy, total in sums:
        if state == State.SECURED:
            found["secured"] += total
        elif busy:
            found["processing"] += total
        else:
            found["due" if state == State.DUE else "on_its_way"] += total
    return Count(received=Tally.objects.get(campaign=campaign).received_minor, **found)


def progress(run: ClosingRun) -> tuple[int, int]:
    """How many of the cards answered, and how many donors were asked again and have time."""
    rows = dict(
        still_to_move(run)
        .filter(state__in=[State.SECURED, State.DUE])
        .order_by()
        .values_list("state")
        .annotate(number=Sum(1))
    )
    due = rows.get(State.DUE, 0)
    return max(0, run.cards - rows.get(State.SECURED, 0) - due), due
