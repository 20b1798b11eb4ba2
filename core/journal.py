"""The journal: who did what, when, on which subject. Append-only, written in the transaction of the change.

Four readers: the timeline of a page, notifications, federation (verb → activity) and figures.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import Signal

from core.models import JournalEntry, Organisation, Person
from core.models.subjects import SubjectModel
from core.registry import registry

recorded = Signal()
"""Sent inside the transaction with ``entry`` and ``subject``: readers write their own row of work, nothing else."""


class UnknownVerb(LookupError):
    """The verb is declared in no plug-in's ``verbs.py``."""


def record(
    actor: Person | None,
    verb: str,
    subject: SubjectModel,
    *,
    organisation: Organisation | None = None,
    **facts: Any,
) -> JournalEntry:
    """Write one entry about a subject; call it inside the transaction that changes the subject.

    ``facts`` must be JSON-ready. Raises UnknownVerb for a verb no plug-in declared, and
    TransactionManagementError outside a transaction.
    """
    known = registry.verb(verb)
    if known is None:
        raise UnknownVerb(verb)
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"{verb} must be recorded in the transaction of its change"
        )
    entry = JournalEntry.objects.create(
        actor=actor,
        organisation=organisation,
        verb=verb,
        subject_type=subject.subject_type,
        subject_key=subject.subject_key,
        project=subject.subject_project,
        public=known.public and subject.is_public,
        facts=facts,
    )
    recorded.send(sender=JournalEntry, entry=entry, subject=subject)
    return entry
