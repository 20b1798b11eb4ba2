"""A downloaded ledger is checked on a page: intact, or where it is broken (D15)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plugins.crowdfunding import ledger_verifier
from tests.crowdfunding.factories import CampaignFactory, received

pytestmark = pytest.mark.django_db
PAGE = "/fr/crowdfunding/ledger/check/"


@pytest.fixture(params=["json", "csv"])
def download(request, client):
    campaign = CampaignFactory()
    for number in range(3):
        received(campaign, 1000 + number)
    answer = client.get(f"/fr/crowdfunding/ledger/{campaign.project.slug}/ledger.{request.param}")
    return f"ledger.{request.param}", b"".join(answer.streaming_content), campaign


def send(client, name, content):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def test_an_intact_file_is_recognised(client, download):
    name, content, campaign = download
    answer = send(client, name, content)
    words = answer.content.decode()
    assert answer.status_code == 200
    assert "Le fichier est intact" in words
    assert campaign.project.title in words


def test_one_byte_flipped_is_located(client, download):
    name, content, _campaign = download
    broken = content.replace(b"1001", b"1002", 1)
    assert broken != content
    words = send(client, name, broken).content.decode()
    assert "transaction 2: its content does not match its hash" in words


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ledger.json", b"{}"),
        ("ledger.json", b"[1]"),
        ("ledger.json", b'{"transactions": [1]}'),
        ("ledger.json", b'{"transactions": [{"entries": 3}], "project": 1}'),
        ("ledger.json", b"\xff\xfe"),
        ("ledger.json", b"[" * 100_000),
        ("ledger.csv", b"a,b\n1,2\n"),
        ("ledger.csv", b""),
        ("ledger.txt", b"{}"),
    ],
)
def test_what_is_no_ledger_is_said(client, name, content):
    answer = send(client, name, content)
    words = answer.content.decode()
    assert answer.status_code == 422 or "ne tombe pas juste" in words


def test_the_page_asks_for_a_file(client):
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE).status_code == 422


def test_more_given_back_than_came_is_a_fault():
    """A chain can be sealed well and still tell what cannot be."""
    entries = [
        {"account": "owed/horizon/EUR", "amount": 500, "currency": "EUR"},
        {"account": "bank/horizon/EUR", "amount": -500, "currency": "EUR"},
    ]
    row = {
        "project": "p", "number": 1, "uid": "u1", "kind": "refund", "cause": "refund:r1", "reverses": None,
        "booked_on": "2026-11-20", "at": "2026-11-20T00:00:00.000000Z", "memo": {}, "entries": entries,
        "previous": ledger_verifier.GENESIS,
    }  # fmt: skip
    document = {"project": "p", "transactions": [{**row, "hash": ledger_verifier.seal(row)}]}
    faults = ledger_verifier.verify(document).faults
    assert faults == ["transaction 1: more goes out of owed/horizon/EUR than ever came"]
