"""News of a campaign: written, published once, told to each backer once, corrected or withdrawn in the open."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from core.conf import absolute
from core.domain import wakes
from core.domain.mail import post
from core.domain.notices import quiet
from core.domain.permissions import MANAGERS, is_animator, roles
from core.journal import record
from core.models import Person
from core.text import as_typed, clean, plain
from plugins.crowdfunding.domain import letters
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Campaign, Pledge, Update
from plugins.crowdfunding.verbs import (
    UPDATE_EDITED,
    UPDATE_HIDDEN,
    UPDATE_PUBLISHED,
    UPDATE_RESTORED,
    UPDATE_WITHDRAWN,
)

Texts = Mapping[str, Mapping[str, str]]
BACKING = frozenset(
    {
        Pledge.State.PLEDGED,
        Pledge.State.SECURED,
        Pledge.State.DUE,
        Pledge.State.RECEIVED,
        Pledge.State.DISPUTED,
    }
)
"""States of a pledge whose donor is a backer: promised or there."""
AT_ONCE = 200
LONGEST_LETTER = 6000
STATES = Update.State


def may_write(person: Person, campaign: Campaign) -> bool:
    """Whether the person may write news: who answers for the project or for the collection, and animators."""
    if is_animator(person):
        return True
    return bool((roles(person, campaign.project.owner) | roles(person, campaign.collector)) & MANAGERS)


def washed(texts: Texts) -> dict[str, dict[str, str]]:
    """Plain titles and washed bodies; languages without a title are left out."""
    return {
        language: {"title": " ".join(text["title"].split())[:160], "body": str(clean(text.get("body", "")))}
        for language, text in texts.items()
        if text.get("title", "").strip()
    }


def write(
    campaign: Campaign, texts: Texts, *, by: Person | None, backers_only: bool, language: str, form_key: str
) -> Update:
    """A draft; the same form sent twice is one."""
    shown = washed(texts)
    try:
        with transaction.atomic():
            return Update.objects.create(
                campaign=campaign,
                language=language if language in shown else next(iter(shown)),
                texts=shown,
                backers_only=backers_only,
                form_key=form_key,
                made_by=by,
            )
    except IntegrityError:
        known = Update.objects.select_related("campaign").filter(form_key=form_key, campaign=campaign).first()
        if known is None:
            raise
        return known


def lock(row: Update) -> Update:
    """The news as they are now, held until the end of the transaction."""
    rows = Update.objects.select_related("campaign__project", "campaign__collector")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


@transaction.atomic
def publish(row: Update, *, by: Person | None) -> Update:
    """Show it and tell every backer; raises NotPossible the second time, or while the campaign is a draft."""
    found = lock(row)
    if found.state != STATES.DRAFT or found.campaign.state == Campaign.State.DRAFT:
        raise NotPossible(found.state, "publish")
    found.state, found.published_at, found.told_until = STATES.PUBLISHED, timezone.now(), 0
    found.save()
    record(by, UPDATE_PUBLISHED, found)
    wake()
    return found


def wake() -> None:
    """Tell a worker that letters of news wait to be written."""
    from plugins.crowdfunding.tasks import tell_backers

    wakes.wake(tell_backers)


@transaction.atomic
def edit(row: Update, texts: Texts, *, by: Person | None, backers_only: bool) -> Update:
    """Other words; when it was published, everybody sees that and when. Raises NotPossible once withdrawn.

    What was for everybody may become backers' news, never the other way: they were promised to be among themselves.
    """
    found = lock(row)
    if found.state == STATES.WITHDRAWN:
        raise NotPossible(found.state, "edit")
    found.texts = washed(texts)
    if found.language not in found.texts:
        found.language = next(iter(found.texts))
    if found.state == STATES.DRAFT:
        found.backers_only = backers_only
        found.save()
        return found
    found.backers_only = found.backers_only or backers_only
    found.edited_at = timezone.now()
    found.save()
    with quiet():
        record(by, UPDATE_EDITED, found)
    return found


@transaction.atomic
def withdraw(row: Update, *, by: Person | None) -> None:
    """Take it back: a draft disappears, published news leave a line that says so. Raises NotPossible twice."""
    found = lock(row)
    if found.state == STATES.WITHDRAWN:
        raise NotPossible(found.state, "withdraw")
    if found.state == STATES.DRAFT:
        found.delete()
        return
    with quiet():
        record(by, UPDATE_WITHDRAWN, found)  # while it is public still: the timeline says that it went
    found.state, found.withdrawn_at, found.told_until = STATES.WITHDRAWN, timezone.now(), None
    found.save()


@transaction.atomic
def hide(update: Update, by: Person | None) -> None:
    """Moderation takes it from sight; backers who were not told yet are not told."""
    record(by, UPDATE_HIDDEN, update)
    found = lock(update)
    found.hidden, found.told_until = True, None
    found.save()


@transaction.atomic
def restore(update: Update, by: Person | None) -> None:
    """Moderation shows it again."""
    found = lock(update)
    found.hidden = False
    found.save()
    record(by, UPDATE_RESTORED, found)


def of_campaign(campaign: Campaign) -> QuerySet[Update]:
    """What readers of a campaign find: news that stand, and a line for those withdrawn."""
    rows = Update.objects.filter(campaign=campaign, hidden=False)
    return rows.exclude(state=STATES.DRAFT)


def drafts(campaign: Campaign) -> list[Update]:
    """What the team has not published yet."""
    rows = Update.objects.filter(campaign=campaign, state=STATES.DRAFT)
    return list(rows.order_by("-pk")[:20])


def reads(pledge: Pledge) -> bool:
    """Whether a pledge's private page opens what is for backers only."""
    return pledge.state in BACKING


def for_backer(pledge: Pledge, number: int = 5) -> list[Update]:
    """The newest news for a pledge's private page: all of them for a backer, else the public ones; one query."""
    rows = Update.objects.filter(campaign_id=pledge.campaign_id).standing()
    if not reads(pledge):
        rows = rows.filter(backers_only=False)
    return list(rows.order_by("-published_at")[:number])


def backers(campaign: Campaign) -> QuerySet[Pledge]:
    """Pledges of backers who left an address."""
    rows = Pledge.objects.filter(campaign=campaign, state__in=BACKING).exclude(email="")
    return rows.select_related("campaign", "collector")


def tell(turns: int = 100) -> int:
    """Write the letters of published news, some at a time; gives how many pledges were gone through."""
    told = 0
    for _turn in range(turns):
        row = Update.objects.filter(told_until__isnull=False).order_by("pk").first()
        if row is None:
            break
        told += tell_some(row)
    return told


@transaction.atomic
def tell_some(row: Update) -> int:
    """Write the next letters of one piece of news, and how far they go, in one transaction."""
    update = lock(row)
    if update.told_until is None:
        return 0
    some = list(backers(update.campaign).filter(pk__gt=update.told_until).order_by("pk")[:AT_ONCE])
    for pledge in some:
        letter(update, pledge)
    # Without touching the pages of readers: nothing they see has changed.
    Update.objects.filter(pk=update.pk).update(told_until=some[-1].pk if some else None)
    return len(some)


def letter(update: Update, pledge: Pledge) -> None:
    """One backer's letter, in her language; however many pledges she made, she gets it once."""
    with translation.override(pledge.language):
        url = update.get_absolute_url()
        if update.backers_only:
            url = reverse("crowdfunding:pledge_update", args=[pledge.token, update.uid])
        more = letters.facts(pledge) | {
            "url": absolute(url),
            "action": gettext("Read it on the site"),
            "title": update.title,
            "words": words(update.body),
        }
        key = f"crowdfunding.update.{update.uid}.{pledge.donor}"
        template = f"{letters.FOLDER}/update"
        post(pledge.email, template, more, language=pledge.language, key=key, optional=True)


def words(body: str) -> str:
    """A body as the text of a letter: paragraphs as typed, cut where a mail would become too long."""
    typed = as_typed(body)
    text = plain(body) if "<" in typed else typed
    return text if len(text) <= LONGEST_LETTER else text[:LONGEST_LETTER].rsplit(" ", 1)[0] + "…"
