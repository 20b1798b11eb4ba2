"""Opening a stall."""

from django.db import transaction

from core.journal import record
from tiwizi_stalls.models import Stall
from tiwizi_stalls.verbs import OPENED


@transaction.atomic
def open_stall(*, project, keeper, name: str) -> Stall:
    """A new stall, written in the journal."""
    stall = Stall.objects.create(project=project, keeper=keeper, name=name)
    record(keeper, OPENED, stall)
    return stall
