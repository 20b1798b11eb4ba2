"""How a campaign travels: its texts and three counters, never a person."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext
from moneyed import Money

from core import dates
from core.conf import absolute
from core.contract import Mapping, PublicObject, Text
from core.money import minor, text
from core.text import clean
from plugins.crowdfunding.models import Campaign
from plugins.crowdfunding.verbs import (
    CANCELLED,
    CLOSED,
    COLLECTING,
    CONTINUED,
    EDITED,
    FAILED,
    HIDDEN,
    KEPT,
    OPENED,
    RECEIVED,
    REFUNDED,
    RESTORED,
    REVERSED,
    SUCCEEDED,
)


def counter(amount: Money) -> dict[str, int | str]:
    """An amount as a counter: minor units and currency."""
    return {"minor": minor(amount), "currency": amount.currency.code}


def content(campaign: Campaign, language: str) -> Text:
    """One language's text that stands alone where nothing of ours is known: amounts in words, the link last."""
    written, url = campaign.texts[language], absolute(campaign.get_absolute_url())
    sentence = gettext("Goal: %(goal)s. Received: %(received)s. Promised: %(promised)s. Open until %(day)s.")
    if campaign.kind == Campaign.Kind.RECURRING:
        sentence = gettext(
            "Goal per month: %(goal)s. Promised per month: %(monthly)s. Received: %(received)s."
        )
    facts = sentence % {
        "monthly": text(campaign.monthly, language),
        "goal": text(campaign.goal, language),
        "received": text(campaign.received, language),
        "promised": text(campaign.promised, language),
        "day": dates.text(campaign.closes_on, "d MMMM y"),
    }
    link = format_html('<p><a href="{}">{}</a></p>', url, gettext("Give and follow the campaign"))
    html = (
        format_html("<h2>{}</h2>", written["title"])
        + written.get("story", "")
        + format_html("<p>{}</p>", facts)
    )
    return Text(title=written["title"], summary=facts, content=str(clean(html + link)))


def texts(campaign: Campaign) -> dict[str, Text]:
    """The campaign's texts in each language it has."""
    found = {}
    for language in campaign.texts:
        with translation.override(language):
            found[language] = content(campaign, language)
    return found


def describe(campaign: Campaign) -> PublicObject | None:
    """The public view, or None for a draft or a hidden one."""
    if not campaign.is_public:
        return None
    with translation.override(campaign.language):
        url = absolute(campaign.get_absolute_url())
    return PublicObject(
        subject=campaign.ref,
        url=url,
        texts=texts(campaign),
        language=campaign.language,
        published=campaign.opened_at or campaign.created_at,
        updated=timezone.now(),
        author=campaign.collector,
        context=campaign.project.ref,
        extra={
            "goal": counter(campaign.goal),
            "raised": counter(campaign.received),
            "backers": campaign.tally.backers,
            "kind": str(campaign.kind),
            "needed": counter(campaign.needed),
            "state": str(campaign.state),
            "ends": campaign.closes_on.isoformat(),
        },
    )


def public() -> QuerySet[Campaign]:
    """All campaigns that may leave."""
    return Campaign.objects.public().shown()


mappings = [
    Mapping(
        subject=Campaign.subject_type,
        object_type="Article",
        verbs={
            OPENED: "Create",
            RESTORED: "Create",
            EDITED: "Update",
            COLLECTING: "Update",
            SUCCEEDED: "Update",
            CONTINUED: "Update",
            FAILED: "Update",
            CLOSED: "Update",
            CANCELLED: "Update",
            RECEIVED: "Update",
            REFUNDED: "Update",
            KEPT: "Update",
            REVERSED: "Update",
            HIDDEN: "Delete",
        },
        describe=describe,
        public=public,
    )
]
