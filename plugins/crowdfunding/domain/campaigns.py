"""The life of a campaign: prepared, opened by the organisation that collects, edited, closed or cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from moneyed import Money

from core.domain.notices import quiet
from core.domain.permissions import manages
from core.journal import record
from core.locks import hold
from core.models import Organisation, Person, Project
from core.money import minor
from core.prepared import prepared
from core.text import clean
from plugins.crowdfunding.domain import collectors, gates, rules, tallies
from plugins.crowdfunding.domain.amounts import fact
from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, NotPossible, after
from plugins.crowdfunding.domain.rules import Terms
from plugins.crowdfunding.models import Campaign, Pledge
from plugins.crowdfunding.verbs import CANCELLED, CLOSED, DRAFTED, EDITED, HIDDEN, OPENED, RESTORED

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Texts = Mapping[str, Mapping[str, str]]
PROPOSED = {"EUR": (2000, 5000, 10000), "MAD": (10000, 20000, 50000)}
"""Amounts offered as buttons when nobody chose others, in minor units."""


SENT_TWICE = timedelta(minutes=10)
"""How long the same draft by the same person counts as one form sent twice."""


KEEP = Terms()
"""The rule when nobody chose another: every gift is kept."""


class CurrencyFixed(ValueError):
    """Promises were made in the campaign's currency: it cannot change any more."""


class AlreadyOver(ValueError):
    """The campaign's last day is past: choose another before opening."""


def free_slug(title: str) -> str:
    """A slug no campaign has, from a title in any script."""
    base = slugify(title, allow_unicode=True)[:80].strip("-") or "campaign"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


def washed(texts: Texts) -> dict[str, dict[str, str]]:
    """Texts with plain titles and washed stories; languages without a title are left out."""
    return {
        language: {"title": " ".join(text["title"].split())[:160], "story": str(clean(text.get("story", "")))}
        for language, text in texts.items()
        if text.get("title", "").strip()
    }


def may_prepare(person: Person | AnonymousUser, project: Project) -> bool:
    """Whether the person may prepare a campaign: who answers for a local, published project."""
    return not project.is_remote and project.is_public and manages(person, project)


def may_edit(person: Person | AnonymousUser, campaign: Campaign) -> bool:
    """Whether the person may change texts and dates: who answers for the project or for the collection."""
    return manages(person, campaign) or manages(person, campaign.project)


def may_open(person: Person | AnonymousUser, campaign: Campaign) -> bool:
    """Whether the person may open, close or cancel: who answers for the organisation that collects."""
    return manages(person, campaign) or collectors.may_keep(person, campaign.collector)


@transaction.atomic
def prepare(
    project: Project,
    *,
    by: Person | None,
    texts: Texts,
    goal: Money,
    opens_on: date,
    closes_on: date,
    collector: Organisation,
    receiver: Organisation,
    minimum: Money | None = None,
    language: str = "fr",
    terms: Terms = KEEP,
    is_sample: bool = False,
) -> Campaign:
    """A draft on a project, made once however often its form is sent; nobody can give before the collector opens it."""
    currency, shown = goal.currency.code, washed(texts)
    if known := _sent_before(project, by, texts=shown, goal_minor=minor(goal), currency=currency):
        return known
    campaign = Campaign.objects.create(
        project=project,
        collector=collector,
        receiver=receiver,
        slug=free_slug(next(iter(shown.values()))["title"]),
        **terms.columns(goal),
        language=language if language in shown else next(iter(shown)),
        texts=shown,
        currency=currency,
        goal_minor=minor(goal),
        minimum_minor=minor(minimum) if minimum else 100,
        proposed_minor=[amount for amount in PROPOSED[currency] if amount <= minor(goal)],
        opens_on=opens_on,
        closes_on=closes_on,
        made_by=by,
        is_sample=is_sample,
    )
    campaign.tally = tallies.create(campaign)
    record(by, DRAFTED, campaign)
    return campaign


def _sent_before(project: Project, by: Person | None, **same: object) -> Campaign | None:
    """The draft that this person just made with the same form; holds the project, so that two at once make one."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if by is None:
        return None
    recent = Campaign.objects.filter(
        made_by=by, state=Campaign.State.DRAFT, created_at__gt=timezone.now() - SENT_TWICE
    )
    return recent.filter(project=project, **same).shown().first()


@transaction.atomic
def edit(
    campaign: Campaign,
    *,
    by: Person | None,
    texts: Texts,
    goal: Money,
    minimum: Money,
    closes_on: date,
    terms: Terms | None = None,
) -> None:
    """Change texts, goal, minimum, end and, of a draft, the rule.

    Raises CurrencyFixed once somebody promised in another currency, NotSetUp for an open campaign whose collector
    has no account for the new one, RulesFixed and EndFixed for what donors were told and rely on.
    """
    campaign = lock(campaign)
    currency = goal.currency.code
    terms = terms or rules.terms_of(campaign)
    rules.check_change(campaign, terms, goal, closes_on)
    if currency != campaign.currency and Pledge.objects.filter(campaign=campaign).exists():
        raise CurrencyFixed(campaign.currency)
    if currency != campaign.currency:
        if campaign.state == Campaign.State.OPEN:
            collectors.check_set_up(campaign.collector, currency)
        campaign.proposed_minor = list(PROPOSED[currency])
    campaign.currency, campaign.texts = currency, washed(texts)
    campaign.goal_minor, campaign.minimum_minor, campaign.closes_on = minor(goal), minor(minimum), closes_on
    for column, value in terms.columns(goal).items():
        setattr(campaign, column, value)
    campaign.save()
    with quiet():
        record(by, EDITED, campaign)


@transaction.atomic
def open_(campaign: Campaign, *, by: Person | None) -> None:
    """Take pledges from now on; raises NotPossible, NotSetUp without an account for it, GateShut and AlreadyOver."""
    campaign = lock(campaign)
    campaign.state = after(CAMPAIGN, campaign.state, "open")
    collectors.check_set_up(campaign.collector, campaign.currency)
    gates.demand(campaign, gates.OPEN)
    if rules.last_day(campaign) < timezone.localdate():
        raise AlreadyOver(campaign.closes_on.isoformat())
    campaign.opened_at = timezone.now()
    campaign.save(update_fields=["state", "opened_at", "updated_at"])
    record(by, OPENED, campaign, goal=fact(campaign.goal))


@transaction.atomic
def close(campaign: Campaign, *, by: Person | None) -> None:
    """Take no more pledges; those made may still be paid.

    Raises NotPossible, also while gifts depend on the success: such a round ends by itself, as donors were told.
    """
    campaign = lock(campaign)
    if campaign.is_conditional:
        raise NotPossible(campaign.state, "close")
    campaign.state = after(CAMPAIGN, campaign.state, "close")
    campaign.ended_at = timezone.now()
    campaign.save(update_fields=["state", "ended_at", "updated_at"])
    record(by, CLOSED, campaign, received=fact(campaign.received))


@transaction.atomic
def cancel(campaign: Campaign, *, by: Person | None) -> None:
    """Call a campaign off: promises that wait are cancelled and their donors told.

    Money received stays booked, unless it was given on condition of success: then everything is given back.
    """
    from plugins.crowdfunding.domain import closing, pledges

    campaign = lock(campaign)
    drafted = campaign.state == Campaign.State.DRAFT
    if campaign.is_conditional and not drafted:
        closing.call_off(campaign, by=by)
        return
    campaign.state = after(CAMPAIGN, campaign.state, "cancel")
    campaign.ended_at = timezone.now()
    campaign.hidden = campaign.hidden or drafted  # a draft that nobody saw never becomes public
    campaign.save(update_fields=["state", "ended_at", "hidden", "updated_at"])
    waiting = Pledge.objects.filter(campaign=campaign, state__in=[Pledge.State.STARTED, *Pledge.WAITING])
    # All of them first, then the tally: who holds the tally never waits for a promise.
    for pledge in list(waiting.select_for_update().order_by("pk")):
        pledges.cancel(pledge, by=by)
    record(by, CANCELLED, campaign)


def close_ended() -> int:
    """Close campaigns whose last day is over; gives how many. Conditional rounds are the closing run's."""
    over = Campaign.objects.filter(state=Campaign.State.OPEN, closes_on__lt=timezone.localdate())
    over = over.exclude(kind__in=Campaign.CONDITIONAL, round=1)
    ended = list(over.order_by("pk")[:200])
    closed = 0
    for campaign in ended:
        with suppress(NotPossible):  # somebody ended it meanwhile
            close(campaign, by=None)
            closed += 1
    return closed


def lock(campaign: Campaign) -> Campaign:
    """The campaign's row as it is now, held until the end of the transaction; rows may still point to it."""
    hold(Campaign, campaign.pk, key=False)
    found = _with_all(campaign.pk)
    if not found:
        raise Campaign.DoesNotExist(campaign.pk)
    return found[0]


@prepared
def _with_all(pk: int) -> QuerySet[Campaign]:
    """A campaign with what its acts need."""
    return Campaign.objects.filter(pk=pk).select_related("project", "collector", "receiver", "tally")


@transaction.atomic
def hide(campaign: Campaign, by: Person | None) -> None:
    """Moderation takes the campaign from sight; other instances are told."""
    record(by, HIDDEN, campaign)
    Campaign.objects.filter(pk=campaign.pk).update(hidden=True)


@transaction.atomic
def restore(campaign: Campaign, by: Person | None) -> None:
    """Moderation shows it again."""
    Campaign.objects.filter(pk=campaign.pk).update(hidden=False)
    campaign.refresh_from_db()
    record(by, RESTORED, campaign)


@prepared
def latest_of(project: int) -> QuerySet[Campaign]:
    """The six newest public campaigns of a project."""
    rows = Campaign.objects.filter(project_id=project, hidden=False).exclude(state=Campaign.State.DRAFT)
    return rows.shown().order_by("-pk")[:6]  # type: ignore[attr-defined]


def of_project(project: Project) -> list[Campaign]:
    """Public campaigns of a project, open ones first; asked once per request however many panels ask."""
    known = getattr(project, "_crowdfunding_campaigns", None)
    if known is None:
        known = sorted(latest_of(project.pk), key=lambda campaign: campaign.state != Campaign.State.OPEN)
        project._crowdfunding_campaigns = known  # type: ignore[attr-defined]
    return list(known)
