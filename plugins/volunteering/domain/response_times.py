"""How fast an organisation first answers those who apply: public, so that people know what to expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from django.utils import timezone

from core.models import Organisation, Project
from plugins.volunteering.models import Application

WINDOW = timedelta(days=365)
LARGEST_SAMPLE = 300


@dataclass(frozen=True)
class ResponseTime:
    """Median time to a first answer over ``number`` applications of the last year; waiting ones count so far."""

    median: timedelta
    number: int

    @property
    def days(self) -> int:
        """Whole days, rounded up, at least one."""
        return max(1, -(-self.median // timedelta(days=1)))


def response_time(host: Organisation | None = None, project: Project | None = None) -> ResponseTime | None:
    """The response time of an organisation, of a project or of the instance; None before any application.

    Those still unanswered count with the time they wait already: an organisation cannot look fast by silence.
    """
    now = timezone.now()
    rows = Application.objects.filter(sent_at__gte=now - WINDOW).exclude(state=Application.State.WITHDRAWN)
    if host is not None:
        rows = rows.filter(mission__host=host)
    if project is not None:
        rows = rows.filter(mission__project=project)
    pairs = rows.order_by("-sent_at").values_list("sent_at", "first_answer_at")[:LARGEST_SAMPLE]
    seconds = [((answered or now) - sent).total_seconds() for sent, answered in pairs]
    if not seconds:
        return None
    return ResponseTime(timedelta(seconds=median(seconds)), len(seconds))
