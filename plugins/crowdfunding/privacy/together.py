"""Rows of supporters and witnesses: exported whole; erased by making them nobody, because sums must stay."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core.contract import PersonalData
from core.models import Person
from core.money import text
from plugins.crowdfunding.domain import matching, support_acts
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Mandate, Match, MatchingFund, Pledge, Support, Witness
from plugins.crowdfunding.privacy import cards


def _mine(person: Person) -> Q:
    return Q(person=person) | Q(email__iexact=person.email)


def export_supports(person: Person) -> list[dict[str, Any]]:
    """Regular supports of the person, made signed in or with the same address."""
    rows = Support.objects.filter(_mine(person)).select_related("campaign", "mandate").order_by("pk")
    return [
        {
            "campaign": row.campaign.title,
            "amount": text(row.amount, person.language),
            "interval": str(row.get_interval_display()),
            "state": str(row.get_state_display()),
            "code": row.code,
            "email": row.email,
            "name": row.name,
            "message": row.message,
            **cards.said(row.mandate),
            "made": row.made_at.isoformat(),
        }
        for row in rows
    ]


def export_witnesses(person: Person) -> list[dict[str, Any]]:
    """Where the person is a witness, and what was said."""
    rows: QuerySet[Witness] = Witness.objects.filter(_mine(person)).select_related("campaign")
    return [
        {
            "campaign": row.campaign.title,
            "name": row.name,
            "role": row.role,
            "email": row.email,
            "state": str(row.get_state_display()),
            "said": [
                {"verdict": one.verdict, "words": one.words, "at": one.at.isoformat()}
                for one in row.testimonies.all()
            ],
        }
        for row in rows.prefetch_related("testimonies").order_by("pk")
    ]


@transaction.atomic
def erase_supports(person: Person) -> None:
    """Stop what runs, then take name, address, message and the signs of the card off, which its provider removes.

    The cap per person is counted under a new name.
    """
    rows = Support.objects.filter(_mine(person))
    for row in rows.exclude(state=Support.State.STOPPED):
        try:
            support_acts.stop(row)
        except NotPossible:  # stopped meanwhile
            continue
    cards.erase(Mandate.objects.filter(Q(pk__in=rows.values("mandate")) | Q(pledges__support__in=rows)))
    keys = {fund.pk: matching.address_key(fund, person.email) for fund in MatchingFund.objects.all()}
    for fund, key in keys.items():
        Match.objects.filter(fund=fund, person_key=key).update(person_key=f"erased-{person.pk}")
    Pledge.objects.filter(support__in=rows).update(email="", name="", message="", anonymous=True, person=None)
    rows.update(email="", name="", message="", anonymous=True, person=None)


@transaction.atomic
def erase_witnesses(person: Person) -> None:
    """A witness without a name; what was said of the work stays, because money was released on it."""
    Witness.objects.filter(_mine(person)).update(
        name="—", role="", email="", person=None, state=Witness.State.LEFT
    )


personal_data = [
    PersonalData("crowdfunding.supports", export_supports, erase_supports),
    PersonalData("crowdfunding.witnesses", export_witnesses, erase_witnesses),
]
