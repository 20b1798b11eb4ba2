"""What offers in kind and of days share: who offers, who answers, and taking an offer back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils import timezone

from core.domain.permissions import MANAGERS
from core.journal import record
from core.models import BudgetLine, Membership, Person, Project
from plugins.crowdfunding.domain import lines
from plugins.crowdfunding.domain.amounts import END, ISOLATE
from plugins.crowdfunding.models import Campaign, DaysOffer, InKindOffer
from plugins.crowdfunding.verbs import LINE_OVER

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

TAKING = frozenset(
    {Campaign.State.OPEN, Campaign.State.COLLECTING, Campaign.State.CLOSED, Campaign.State.SUCCEEDED}
)
"""Things and hands are needed after the last day of the money, too."""

AnyOffer = TypeVar("AnyOffer", InKindOffer, DaysOffer)


class NotTaking(ValueError):
    """The campaign takes no offers: not open yet, cancelled, failed, or its project is done."""


class AlreadyUsed(ValueError):
    """The same filled form already made another offer, with other contents."""


class WrongLine(ValueError):
    """The line is of another project or counts another kind of thing."""


@dataclass(frozen=True)
class Giver:
    """What somebody who offers says of herself; nobody but those who answer sees it."""

    email: str
    name: str = ""
    town: str = ""
    message: str = ""
    language: str = "fr"
    person: Person | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of a new offer."""
        return {
            "email": self.email,
            "name": self.name,
            "town": self.town,
            "message": self.message,
            "language": self.language,
            "person": self.person,
        }


def takes(campaign: Campaign) -> bool:
    """Whether things and days can be offered to a campaign."""
    over = (Project.Stage.DONE, Project.Stage.CAPITALISED)
    return campaign.is_public and campaign.state in TAKING and campaign.project.stage not in over


def may_answer(person: Person | AnonymousUser, campaign: Campaign) -> bool:
    """Whether the person answers offers: managers and agents of who receives or collects, nobody else."""
    if not person.is_authenticated:
        return False
    return Membership.objects.filter(
        person=person,
        organisation__in=[campaign.receiver_id, campaign.collector_id],
        role__in=MANAGERS,
        until=None,
    ).exists()


def check_lines(campaign: Campaign, found: Iterable[BudgetLine | None], kind: str) -> None:
    """Raise WrongLine unless each line is of the campaign's project and of this kind."""
    for line in found:
        if line is not None and (line.project_id != campaign.project_id or line.kind != kind):
            raise WrongLine(line.uid)


def lock(row: AnyOffer) -> AnyOffer:
    """The offer as it is now, held until the end of the transaction."""
    rows = type(row)._default_manager.select_related(
        "campaign__project", "campaign__collector", "campaign__receiver"
    )
    return rows.select_for_update(of=("self",)).get(pk=row.pk)


def answered(row: InKindOffer | DaysOffer, sentence: str, by: Person | None) -> None:
    """Note the answer on the row, unsaved."""
    row.answer, row.answered_by, row.answered_at = " ".join(sentence.split())[:500], by, timezone.now()


def hold_lines(keys: Iterable[int | None], *, despite: bool, campaign: Campaign, by: Person | None) -> None:
    """After an acceptance: raise Overfunded, or with ``despite`` write openly that a line has more than it needs."""
    for bar in lines.check(lines.lock(keys), despite=despite):
        excess = f"{ISOLATE}{bar.words(bar.excess)}{END}"
        record(by, LINE_OVER, campaign, organisation=campaign.collector, line=str(bar.line), excess=excess)
