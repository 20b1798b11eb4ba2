"""Stored cards and direct debits that nothing can use any more are removed at their provider.

Who may still be charged with one decides: a promise that waits, a charge that is not answered, a support that has not
stopped. A method is only ever passed on by a holder that is locked, in one transaction (another project, the next
period), so what is unused once stays unused; it is removed a while after it was seen so, when no call that still carries
it can be under way.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core.secrets import SealBroken
from plugins.crowdfunding.domain import providers
from plugins.crowdfunding.gateways import hosted
from plugins.crowdfunding.gateways.base import GatewayError, Method, Unreachable
from plugins.crowdfunding.models import Mandate, Payment, Pledge, Support

logger = logging.getLogger(__name__)
GRACE = timedelta(hours=1)
"""From being seen unused until the provider is asked: a charge that began before a card was replaced is over by then."""
AGAIN = timedelta(hours=6)
"""A provider that did not answer, or refused the keys, is asked again after this."""
HOLDING = frozenset({Pledge.State.STARTED, *Pledge.WAITING})
"""States of a pledge from which its stored method may still be charged."""


def unused() -> QuerySet[Mandate]:
    """Methods the provider still stores and nothing can be charged with any more."""
    promises = Pledge.objects.filter(mandate=OuterRef("pk"), state__in=HOLDING)
    asked = Payment.objects.filter(
        pledge__mandate=OuterRef("pk"), way=Payment.Way.CHARGE, state__in=Payment.UNFINISHED
    )
    supports = Support.objects.filter(mandate=OuterRef("pk")).exclude(state=Support.State.STOPPED)
    rows = Mandate.objects.filter(detached_at=None)
    return rows.filter(~Exists(promises), ~Exists(asked), ~Exists(supports))


def sweep(now: datetime | None = None, limit: int = 200) -> int:
    """Give what is unused a day to be removed, and remove what has come to its day; gives how many were removed."""
    now = now or timezone.now()
    unused().filter(detach_at=None).update(detach_at=now + GRACE)
    gone = _removed(_due(now, limit))
    Mandate.objects.filter(pk__in=gone).update(detached_at=now)
    return len(gone)


@transaction.atomic
def _due(now: datetime, limit: int) -> list[Mandate]:
    """What is removed now, each with its next try written first: a worker that dies loses nothing.

    The lock keeps two workers from asking for the same one. No lock keeps a pledge from being given one (its foreign
    key is checked at the end), and none has to: all holders are looked at in one statement, and whoever passes a
    method on still holds it until the other one does.
    """
    rows = Mandate.objects.filter(detached_at=None, detach_at__lte=now).order_by("detach_at", "pk")
    held = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    found = list(unused().filter(pk__in=held).select_related("account").order_by("detach_at", "pk"))
    ours = [row.pk for row in found]
    Mandate.objects.filter(pk__in=ours).update(detach_at=now + AGAIN)
    Mandate.objects.filter(pk__in=set(held).difference(ours)).update(detach_at=None)  # needed after all
    return found


def _removed(rows: list[Mandate]) -> list[int]:
    """Ask the providers; one that is silent is left alone until later and stops no other."""
    gone, silent = [], set()
    for row in rows:
        if row.account_id in silent:
            continue
        try:
            _detach(row)
        except (Unreachable, SealBroken) as error:
            silent.add(row.account_id)
            logger.warning("Stored methods of account %s wait for their provider: %r", row.account_id, error)
        except (GatewayError, KeyError) as error:
            logger.warning("Stored method %s cannot be removed at its provider yet: %r", row.uid, error)
        else:
            gone.append(row.pk)
    return gone


def _detach(row: Mandate) -> None:
    method = Method(row.customer, row.method, row.label, row.channel)
    hosted(row.account.gateway).detach(method, providers.credentials(row.account))
