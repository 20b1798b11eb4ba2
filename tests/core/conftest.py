"""Who stands around a project that is answered, completed and reported."""

from __future__ import annotations

import pytest

from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, TerritoryFactory


@pytest.fixture
def place():
    return TerritoryFactory(code="a", name_fr="Tafraout", name_ar="تافراوت")


@pytest.fixture
def people():
    """One person of each kind, by name."""
    host = OrganisationFactory(slug="province-tiznit")
    other = OrganisationFactory()
    return {
        "animator": PersonFactory(is_animator=True),
        "agent": MembershipFactory(organisation=host, role="agent").person,
        "host treasurer": MembershipFactory(organisation=host, role="treasurer").person,
        "agent elsewhere": MembershipFactory(organisation=other, role="agent").person,
        "person": PersonFactory(),
        "closed": MembershipFactory(organisation=host, role="agent", until="2020-01-01").person,
    }
