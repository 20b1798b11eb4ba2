"""After an authorised appeal: the report owed to the authority, reminded of until it is sent."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.journal import record
from core.models import Organisation, Person
from plugins.crowdfunding.domain.gates import rule
from plugins.crowdfunding.models import AppealReport, Campaign, CollectorSettings
from plugins.crowdfunding.models.collectors import MOROCCO
from plugins.crowdfunding.verbs import REPORT_DUE, REPORT_SENT

ENDED = (
    Campaign.State.CLOSED,
    Campaign.State.SUCCEEDED,
    Campaign.State.FAILED,
    Campaign.State.CANCELLED,
)
REMIND_EVERY = timedelta(days=7)


def _without_report() -> QuerySet[Campaign]:
    """Ended campaigns that were open once, of collectors that need an authorisation."""
    collectors = CollectorSettings.objects.filter(country=MOROCCO).exclude(authorisation_number="")
    rows = Campaign.objects.filter(collector__in=collectors.values("organisation"), state__in=ENDED)
    return rows.filter(opened_at__isnull=False, ended_at__isnull=False, report__isnull=True)


def note_due() -> int:
    """Write the report owed for each appeal that ended; gives how many are new."""
    rows = [
        AppealReport(
            campaign=campaign,
            organisation_id=campaign.collector_id,
            due_on=timezone.localdate(campaign.ended_at) + timedelta(days=rule("report_days")),
        )
        for campaign in _without_report().order_by("pk")[:200]
    ]
    AppealReport.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def remind() -> int:
    """Tell the treasurers of reports that were not sent: at once, then every week; gives how many."""
    note_due()
    now = timezone.now()
    waiting = AppealReport.objects.filter(sent_on=None).filter(
        Q(reminded_at=None) | Q(reminded_at__lte=now - REMIND_EVERY)
    )
    done = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            # Claimed by the change itself: two workers at once tell it once.
            claimed = AppealReport.objects.filter(pk=pk, sent_on=None).filter(
                Q(reminded_at=None) | Q(reminded_at__lte=now - REMIND_EVERY)
            )
            if not claimed.update(reminded_at=now):
                continue
            row = AppealReport.objects.select_related("campaign__project", "organisation").get(pk=pk)
            day = row.due_on.isoformat()
            record(None, REPORT_DUE, row.campaign, organisation=row.organisation, day=day)
            done += 1
    return done


def waiting_of(organisation: Organisation) -> QuerySet[AppealReport]:
    """Reports an organisation owes, the most urgent first."""
    rows = AppealReport.objects.filter(organisation=organisation, sent_on=None)
    return rows.select_related("campaign").order_by("due_on", "pk")


@transaction.atomic
def send(row: AppealReport, *, by: Person | None, sent_on: date, reference: str) -> bool:
    """Note that the report was sent; False when that was noted before."""
    found = AppealReport.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=row.pk)
    if found.sent_on is not None:
        return False
    found.sent_on, found.reference, found.sent_by = sent_on, reference, by
    found.save(update_fields=["sent_on", "reference", "sent_by"])
    record(by, REPORT_SENT, found.campaign, organisation=row.organisation)
    return True
