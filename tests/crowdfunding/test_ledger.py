"""The ledger: balanced, sealed, append-only, recomputed by anyone."""

from __future__ import annotations

import json
import secrets
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.utils import timezone

from core.models.journal import AppendOnly
from core.money import money
from plugins.crowdfunding import ledger_verifier
from plugins.crowdfunding.domain import audit, ledger
from plugins.crowdfunding.models import Entry, Ledger, Tally, Transaction
from tests.crowdfunding.factories import CampaignFactory, received
from tests.factories import OrganisationFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def move(project, organisation, minor=5000, *, key="one", other=None, currency="EUR"):
    sides = [
        ledger.Side("bank", organisation, money(minor, currency)),
        ledger.Side("gifts", organisation, money(-minor, currency) if other is None else other),
    ]
    cause = ledger.Cause("payment", key)
    with transaction.atomic():
        return ledger.post(project, "gift", sides, cause=cause, key=key, booked_on=timezone.localdate())


def test_sides_must_add_up():
    """D15: nothing unbalanced is written."""
    project, organisation = ProjectFactory(), OrganisationFactory()
    for other in (money(-4999, "EUR"), money(-5000, "MAD"), money(0, "EUR")):
        with pytest.raises(ledger.Unbalanced):
            move(project, organisation, other=other)
    assert not Transaction.objects.exists()


def test_the_same_cause_is_booked_once():
    project, organisation = ProjectFactory(), OrganisationFactory()
    assert move(project, organisation) == move(project, organisation)
    assert Ledger.objects.get().length == 1


def test_undone_once_by_its_mirror():
    project, organisation = ProjectFactory(), OrganisationFactory()
    done = move(project, organisation)
    facts = {"cause": ledger.Cause("payment", "one"), "booked_on": timezone.localdate(), "memo": {}}
    with transaction.atomic():
        ledger.undo(done, key="undo", **facts)
    assert ledger.balances(project) == [money(0, "EUR")]
    with pytest.raises(ledger.AlreadyUndone), transaction.atomic():
        ledger.undo(done, key="again", **facts)


def test_currencies_are_never_added():
    project, organisation = ProjectFactory(), OrganisationFactory()
    move(project, organisation)
    move(project, organisation, 700, key="two", currency="MAD")
    assert ledger.balances(project) == [money(5000, "EUR"), money(700, "MAD")]


def test_python_refuses_to_change_history():
    move(ProjectFactory(), OrganisationFactory())
    for row in (Transaction.objects.get(), Entry.objects.first()):
        with pytest.raises(AppendOnly):
            row.save()
        with pytest.raises(AppendOnly):
            row.delete()


def refused(sql: str) -> bool:
    """Whether the database itself refuses a statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError:
        return True
    return False


def test_the_database_refuses_to_change_history():
    """D15: not even SQL changes a sealed transaction, its entries or adds one."""
    move(ProjectFactory(), OrganisationFactory())
    entry = Entry.objects.first()
    assert refused("UPDATE crowdfunding_entry SET amount_minor = amount_minor + 1")
    assert refused("UPDATE crowdfunding_transaction SET booked_on = '2020-01-01'")
    columns = "ledger_id, transaction_id, account_id, amount_minor, currency, is_funds"
    values = f"{entry.ledger_id}, {entry.transaction_id}, {entry.account_id}, 100, 'EUR', {'true' if connection.vendor == 'postgresql' else 1}"
    assert refused(f"INSERT INTO crowdfunding_entry ({columns}) VALUES ({values})")
    assert not refused("UPDATE crowdfunding_ledger SET fault = ''")


def test_the_database_refuses_to_seal_what_does_not_add_up():
    project, organisation = ProjectFactory(), OrganisationFactory()
    done = move(project, organisation)
    row = Transaction.objects.bulk_create(
        [
            Transaction(
                ledger=done.ledger, number=2, kind="gift", key="x", booked_on="2026-01-01", previous=done.hash
            )
        ]
    )[0]
    account = done.entries.first().account
    Entry.objects.bulk_create(
        [
            Entry(
                ledger=done.ledger,
                transaction=row,
                account=account,
                amount_minor=5,
                currency="EUR",
                is_funds=True,
            )
        ]
    )
    assert refused(f"UPDATE crowdfunding_transaction SET hash = 'abc' WHERE id = {row.pk}")


@pytest.fixture
def book(client):
    """A project with three gifts, and its downloads."""
    campaign = CampaignFactory()
    for number, minor in enumerate((5000, 2500, 1)):
        received(campaign, max(minor, 100), email=f"d{number}@tiwizi.example", name="Zahra")
    return campaign.project


def download(client, project, kind):
    return b"".join(client.get(f"/fr/crowdfunding/ledger/{project.slug}/ledger.{kind}").streaming_content)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_anyone_recomputes_the_download(client, book, tmp_path, kind):
    """D15: the files are intact and hold no donor; one byte flipped is located."""
    data = download(client, book, kind)
    assert b"Zahra" not in data
    assert b"tiwizi.example" not in data
    path = tmp_path / f"ledger.{kind}"
    path.write_bytes(data)
    assert ledger_verifier.main([str(path)]) == 0
    call_command("verify_ledger", str(path))
    broken = data.replace(b"2500", b"2501", 1)
    assert broken != data
    path.write_bytes(broken)
    faults = ledger_verifier.verify(ledger_verifier.read(path)).faults
    assert any("transaction 2" in fault for fault in faults)
    with pytest.raises(CommandError):
        call_command("verify_ledger", str(path))


def test_every_kind_of_tampering_is_seen(client, book):
    whole = json.loads(download(client, book, "json"))
    assert ledger_verifier.verify(whole).intact

    def tampered(change):
        copy = json.loads(json.dumps(whole))
        change(copy)
        return ledger_verifier.verify(copy).faults

    assert tampered(lambda d: d["transactions"].pop())
    assert tampered(lambda d: d["transactions"].pop(0))
    assert tampered(lambda d: d["transactions"].reverse())
    assert tampered(lambda d: d["transactions"][1]["memo"].update(channel="cash"))
    assert tampered(lambda d: d["transactions"][1].update(booked_on="2020-01-01"))
    assert tampered(lambda d: d["transactions"][1]["entries"].pop())
    assert tampered(lambda d: d["transactions"][2].pop("hash"))
    assert tampered(lambda d: d.update(head="0" * 64))


def test_a_rewritten_chain_differs_from_a_head_kept_elsewhere(client, book):
    """Whoever recomputes all hashes after a change still ends on another last hash."""
    whole = json.loads(download(client, book, "json"))
    previous = ledger_verifier.GENESIS
    whole["transactions"][0]["booked_on"] = "2020-01-01"
    for row in whole["transactions"]:
        row["previous"] = previous
        row["hash"] = previous = ledger_verifier.seal(row)
    assert any("last hash" in fault for fault in ledger_verifier.verify(whole).faults)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', "number,uid\n1,2\n"])
def test_a_file_that_is_no_ledger(tmp_path, text):
    path = tmp_path / ("x.csv" if "," in text and "{" not in text else "x.json")
    path.write_text(text)
    assert ledger_verifier.main([str(path)]) == 1


def test_the_command_checks_the_database(book, capsys):
    call_command("verify_ledger")
    assert "intact, 3 transactions, 6 entries" in capsys.readouterr().out
    assert Ledger.objects.get().verified_length == 3


def test_the_command_finds_a_wrong_tally(book):
    Tally.objects.update(received_minor=1)
    with pytest.raises(CommandError):
        call_command("verify_ledger", project=book.slug)
    assert "tally" in Ledger.objects.get().fault


def test_the_command_refuses_an_unknown_project(db):
    with pytest.raises(CommandError):
        call_command("verify_ledger", project="nowhere")


def test_the_audit_finds_a_payment_without_movement(book):
    campaign = CampaignFactory(project=book)
    received(campaign, 100)
    payment = campaign.pledges.get().payments.get()
    payment.pk, payment.uid, payment.attempt, payment.state = None, "x" * 26, 2, "reversed"
    payment.save()
    faults = [fault for found in audit.run(book) for fault in found.faults]
    assert any("is not in the ledger" in fault for fault in faults)


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_never_fork_the_chain():
    """D15: twelve movements from four threads stand in one line, none lost."""
    project, organisation = ProjectFactory(), OrganisationFactory()
    errors: list[Exception] = []

    def insist(thread: int, number: int) -> None:
        """A writer told that the database is locked tries again: the key makes that safe."""
        for _attempt in range(200):
            try:
                move(project, organisation, 100 + number, key=f"{thread}.{number}")
            except OperationalError:
                time.sleep(0.01)
            else:
                return
        raise AssertionError("never written")

    def write(thread: int) -> None:
        try:
            for number in range(3):
                insist(thread, number)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book = Ledger.objects.get()
    found = ledger_verifier.Checker(project.uid)
    for document in ledger.documents(book):
        found.add(document)
    assert not errors
    assert (book.length, found.findings.faults) == (12, [])


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_download_is_never_whole_in_memory(client, book, monkeypatch, kind):
    """D15: its first lines leave before the last ones are read, through every middleware."""
    read = 0
    row = next(ledger.documents(Ledger.objects.get()))

    def endless(*args, **kwargs):
        nonlocal read
        while read < 10_000:
            read += 1
            yield row | {"memo": {"noise": secrets.token_hex(2000)}}  # so that zipping cannot swallow it
        pytest.fail("the whole ledger was read first")

    monkeypatch.setattr(ledger, "documents", endless)
    project = Ledger.objects.get().project
    answer = client.get(
        f"/fr/crowdfunding/ledger/{project.slug}/ledger.{kind}", headers={"accept-encoding": "gzip"}
    )
    pieces = iter(answer.streaming_content)
    for _piece in range(5):
        next(pieces)
    answer.close()
    assert read < 200
