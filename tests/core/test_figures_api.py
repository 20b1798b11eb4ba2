"""Figures of all plug-ins are read over the API: of the instance and of one project (D24)."""

from __future__ import annotations

import pytest
from moneyed import EUR, MAD, Money

from core.api.figures import plain
from core.registry import registry
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def test_every_figure_is_there_with_a_label_and_a_value(client):
    rows = client.get("/api/v1/figures/").json()
    assert [row["key"] for row in rows] == [figure.key for figure in registry.figures()]
    assert all(row["label"] and row["value"] is not None for row in rows)


def test_figures_of_one_published_project(client):
    project = ProjectFactory()
    hidden = ProjectFactory(status="waiting")
    assert client.get("/api/v1/figures/", {"project": project.uid}).status_code == 200
    assert client.get("/api/v1/figures/", {"project": hidden.uid}).status_code == 404
    assert client.get("/api/v1/figures/", {"project": "no-such"}).status_code == 404


def test_amounts_are_minor_units_with_their_currency():
    assert plain([Money("50.00", EUR), Money("10", MAD)]) == [
        {"minor": 5000, "currency": "EUR"},
        {"minor": 1000, "currency": "MAD"},
    ]


def test_an_address_without_a_language_leads_to_one_but_a_missing_object_is_missing(client):
    assert client.get("/projects/").headers["Location"] == "/fr/projects/"
    assert client.get("/api/v1/projects/no-such/").status_code == 404
