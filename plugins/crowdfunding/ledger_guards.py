"""The database itself refuses to change the ledger: triggers, on SQLite and PostgreSQL.

A sealed transaction and its entries are frozen, a transaction is sealed only when its entries add up to zero in
each currency. Installed after each migration, so that a re-made table gets them again.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

UNBALANCED = """EXISTS (SELECT 1 FROM crowdfunding_entry WHERE transaction_id = NEW.id
    GROUP BY currency HAVING SUM(amount_minor) <> 0)
    OR NOT EXISTS (SELECT 1 FROM crowdfunding_entry WHERE transaction_id = NEW.id)"""
SEALED = "EXISTS (SELECT 1 FROM crowdfunding_transaction WHERE id = NEW.transaction_id AND hash <> '')"

SQLITE = [
    f"""CREATE TRIGGER IF NOT EXISTS crowdfunding_transaction_seal BEFORE UPDATE ON crowdfunding_transaction
        WHEN {UNBALANCED} BEGIN SELECT RAISE(ABORT, 'ledger: unbalanced transaction'); END""",
    """CREATE TRIGGER IF NOT EXISTS crowdfunding_transaction_frozen BEFORE UPDATE ON crowdfunding_transaction
        WHEN OLD.hash <> '' BEGIN SELECT RAISE(ABORT, 'ledger: sealed transaction'); END""",
    """CREATE TRIGGER IF NOT EXISTS crowdfunding_entry_frozen BEFORE UPDATE ON crowdfunding_entry
        BEGIN SELECT RAISE(ABORT, 'ledger: entries never change'); END""",
    f"""CREATE TRIGGER IF NOT EXISTS crowdfunding_entry_late BEFORE INSERT ON crowdfunding_entry
        WHEN {SEALED} BEGIN SELECT RAISE(ABORT, 'ledger: sealed transaction'); END""",
]
POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION crowdfunding_guard_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.hash <> '' THEN RAISE EXCEPTION 'ledger: sealed transaction'
            USING ERRCODE = 'integrity_constraint_violation'; END IF;
        IF {UNBALANCED} THEN RAISE EXCEPTION 'ledger: unbalanced transaction'
            USING ERRCODE = 'integrity_constraint_violation'; END IF;
        RETURN NEW;
    END $$""",
    f"""CREATE OR REPLACE FUNCTION crowdfunding_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN RAISE EXCEPTION 'ledger: entries never change'
            USING ERRCODE = 'integrity_constraint_violation'; END IF;
        IF {SEALED} THEN RAISE EXCEPTION 'ledger: sealed transaction'
            USING ERRCODE = 'integrity_constraint_violation'; END IF;
        RETURN NEW;
    END $$""",
    """CREATE OR REPLACE TRIGGER crowdfunding_transaction_guard BEFORE UPDATE OR DELETE ON crowdfunding_transaction
        FOR EACH ROW EXECUTE FUNCTION crowdfunding_guard_transaction()""",
    """CREATE OR REPLACE TRIGGER crowdfunding_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON crowdfunding_entry
        FOR EACH ROW EXECUTE FUNCTION crowdfunding_guard_entry()""",
]
STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def install(sender: Any = None, using: str = "default", **kwargs: Any) -> None:
    """Create the triggers where they are missing (handler of ``post_migrate``)."""
    connection = connections[using]
    if "crowdfunding_entry" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in STATEMENTS.get(connection.vendor, []):
            cursor.execute(statement)
