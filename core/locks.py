"""Holding one row until the end of the transaction, apart from reading it: the reading can then be prepared."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Model


def hold(model: type[Model], pk: Any, *, key: bool = True) -> None:
    """Wait for the row and keep others from changing it; rows that point to it may be written when ``key`` is False.

    What is read afterwards is as it is now. SQLite's writers wait for each other anyway. Raises
    TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a row is held until the end of a transaction")
    if connection.features.has_select_for_update:
        rows = model._default_manager.select_for_update(no_key=not key)
        list(rows.filter(pk=pk).order_by().values_list("pk"))
