"""A downloaded ledger is checked on a page: intact, or where it is broken (D15)."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Project
from plugins.crowdfunding import ledger_verifier
from plugins.crowdfunding.models import Ledger
from tests.crowdfunding.factories import CampaignFactory, received
from tests.factories import ProjectFactory

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
        ("ledger.csv", b"number\rx,uid\n1,2\n"),
        ("ledger.csv", b'"' + b"a" * 200_000),
        ("ledger.txt", b"{}"),
    ],
)
def test_what_is_no_ledger_is_said(client, name, content):
    answer = send(client, name, content)
    words = answer.content.decode()
    assert answer.status_code == 422 or "ne tombe pas juste" in words


def test_the_page_names_no_project_that_is_not_public(client, download):
    """Neither one taken off, nor any for a file without lines."""
    name, content, campaign = download
    Project.objects.update(status=Project.Status.WITHDRAWN)
    answer = send(client, name, content)
    assert "Le fichier est intact" in answer.content.decode()
    assert campaign.project.title not in answer.content.decode()


def test_a_file_without_lines_is_nobody_s_ledger(client):
    project = Ledger.objects.create(project=ProjectFactory()).project
    head = ledger_verifier.GENESIS
    empty = {"project": "p", "length": 0, "head": head, "transactions": []}
    answer = send(client, "ledger.json", json.dumps(empty).encode())
    assert project.title not in answer.content.decode()


def located(name, content):
    """The places of the faults of a file: the transactions, or the line from which it cannot be read."""
    try:
        document = ledger_verifier.parse(content, csv_rows=name.endswith("csv"))
    except ledger_verifier.Unreadable as error:
        return [str(error)] if error.line or "twice" in str(error) else []
    return ledger_verifier.verify(document).faults


def test_every_bit_flipped_is_located(download):
    """In both rows of a transaction, in headings, names and signs between values."""
    name, content, _campaign = download
    assert located(name, content) == []
    missed = []
    for at, byte in enumerate(content):
        for bit in range(8):
            broken = content[:at] + bytes([byte ^ 1 << bit]) + content[at + 1 :]
            if not located(name, broken):
                missed.append((at, content[max(0, at - 20) : at + 1], bit))
    assert missed == []


def test_a_name_that_stands_twice_is_no_ledger(download):
    """One reader takes the first value, another one the last."""
    name, content, _campaign = download
    if name.endswith("json"):
        assert located(name, content.replace(b'"amount": 1001', b'"amount": 9999, "amount": 1001', 1))
        assert located(name, content.replace(b'"kind": "gift"', b'"note": "x", "kind": "gift"', 1))
    else:
        head, first, second, *rest = content.split(b"\r\n")
        assert located(name, b"\r\n".join([head, first, *rest[:1], second, *rest[1:]]))


def test_a_damaged_file_is_said_with_its_line(client, download):
    name, content, _campaign = download
    lines = content.split(b"\n")
    lines[2] = b"\xff" + lines[2][1:]
    answer = send(client, name, b"\n".join(lines))
    assert answer.status_code == 422
    assert "ligne 3" in answer.content.decode()


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
