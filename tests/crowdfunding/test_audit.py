"""The audit of books of any length."""

from __future__ import annotations

import sqlite3
from functools import partial

import pytest
from django.db import connection

from plugins.crowdfunding.domain import audit, ledger
from tests.crowdfunding.factories import CampaignFactory, received

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite bounds the values of a statement")
def test_a_campaign_with_more_gifts_than_a_statement_takes_values(monkeypatch):
    campaign = CampaignFactory()
    for number in range(30):
        received(campaign, 1000 + number, email=f"donor{number}@tiwizi.example")
    monkeypatch.setattr(ledger, "documents", partial(ledger.documents, chunk=10))
    connection.ensure_connection()
    known = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 25)
    try:
        audits = audit.run()
    finally:
        connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, known)
    assert [found.faults for found in audits] == [[]]
