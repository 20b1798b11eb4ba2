"""Numbers of receipts have no gaps."""

from __future__ import annotations

import pytest
from django.db import transaction

from plugins.crowdfunding.domain import numbers
from plugins.crowdfunding.models import Series
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def test_each_organisation_series_and_year_counts_from_one():
    one, other = OrganisationFactory(), OrganisationFactory()
    assert [numbers.next_number(one, "cash", 2026) for _turn in range(3)] == [1, 2, 3]
    assert numbers.next_number(one, "cash", 2027) == 1
    assert numbers.next_number(one, "tax", 2026) == 1
    assert numbers.next_number(other, "cash", 2026) == 1
    assert numbers.next_number(one, "cash", 2026) == 4
    assert numbers.shown(2026, 4) == "2026-0004"


def test_a_rollback_gives_the_number_back():
    organisation = OrganisationFactory()
    numbers.next_number(organisation, "cash", 2026)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert numbers.next_number(organisation, "cash", 2026) == 2
        raise RuntimeError
    assert Series.objects.get().last == 1
    assert numbers.next_number(organisation, "cash", 2026) == 2


@pytest.mark.django_db(transaction=True)
def test_a_number_is_refused_outside_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        numbers.next_number(OrganisationFactory(), "cash", 2026)
    assert not Series.objects.exists()
