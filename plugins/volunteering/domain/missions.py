"""The life of a mission: written, opened, filled, closed, done; and which ones resemble each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.text import slugify

from core.journal import record
from core.models import Organisation, Person, Project
from core.text import clean
from plugins.volunteering import verbs
from plugins.volunteering.domain.states import MISSION, WrongState, move
from plugins.volunteering.models import Application, Mission, Skill

Texts = Mapping[str, Mapping[str, str]]
PUBLIC_STATES = (Mission.State.OPEN, Mission.State.FILLED, Mission.State.CLOSED, Mission.State.DONE)


class RemoteProject(ValueError):
    """The project lives on another instance: its missions are opened there."""


def free_slug(title: str) -> str:
    """A slug nobody has, from a title in any script."""
    base = slugify(title, allow_unicode=True)[:80].strip("-") or "mission"
    slug, number = base, 1
    while Mission.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def washed(texts: Texts) -> dict[str, dict[str, str]]:
    """Texts with plain titles, washed stories and criteria; languages without a title fall away."""
    return {
        language: {
            "title": " ".join(text.get("title", "").split())[:120],
            "story": str(clean(text.get("story", ""))),
            "criteria": str(clean(text.get("criteria", ""))),
        }
        for language, text in texts.items()
        if text.get("title", "").strip()
    }


@transaction.atomic
def draft(
    *,
    project: Project,
    host: Organisation,
    by: Person | None,
    texts: Texts,
    language: str,
    skills: Iterable[Skill] = (),
    **facts: Any,
) -> Mission:
    """A mission that only its managers see yet.

    ``facts`` are the plain columns of Mission (kind, remote, territory, starts, ends, hours, people, is_sample).
    Raises RemoteProject for a project received from elsewhere.
    """
    if project.is_remote:
        raise RemoteProject(project.origin_url)
    ready = washed(texts)
    title = ready.get(language, next(iter(ready.values())))["title"]
    mission = Mission.objects.create(
        slug=free_slug(title), project=project, host=host, author=by, texts=ready, language=language, **facts
    )
    mission.skills.set(skills)
    return mission


@transaction.atomic
def edit(
    mission: Mission,
    *,
    by: Person | None,
    texts: Texts | None = None,
    skills: Iterable[Skill] | None = None,
    **facts: Any,
) -> None:
    """Change texts (other languages stay) and facts; one already published tells its followers."""
    for name, value in facts.items():
        setattr(mission, name, value)
    if texts is not None:
        mission.texts = {**mission.texts, **washed(texts)}
    mission.save()
    if skills is not None:
        mission.skills.set(skills)
    if mission.state != Mission.State.DRAFT:
        record(by, verbs.EDITED, mission, organisation=mission.host)
    settle_places(mission, by=by)


@transaction.atomic
def open_to_all(mission: Mission, *, by: Person | None) -> None:
    """Put a mission before everyone, or take applications again; raises WrongState, also while all places are taken."""
    if free_places(mission) == 0:
        raise WrongState("no place is left")
    now = timezone.now()
    move(mission, MISSION, Mission.State.OPEN, published_at=mission.published_at or now, updated_at=now)
    record(by, verbs.OPENED, mission, organisation=mission.host)


@transaction.atomic
def close(mission: Mission, *, by: Person | None) -> None:
    """Take no more applications; those already sent still wait for their answer."""
    move(mission, MISSION, Mission.State.CLOSED, updated_at=timezone.now())
    record(by, verbs.CLOSED, mission, organisation=mission.host)


@transaction.atomic
def finish(mission: Mission, *, by: Person | None) -> None:
    """The mission is over; raises WrongState while applications still wait for an answer."""
    waiting = mission.applications.filter(state__in=[Application.State.SENT, Application.State.SHORTLISTED])
    if waiting.exists():
        raise WrongState("applications wait")
    move(mission, MISSION, Mission.State.DONE, updated_at=timezone.now())
    record(by, verbs.DONE, mission, organisation=mission.host)


def settle_places(mission: Mission, *, by: Person | None) -> None:
    """Fill the mission when its last place is taken, open it again when one is free; call it in a transaction."""
    state, full = mission.state, free_places(mission) == 0
    if state == Mission.State.OPEN and full:
        move(mission, MISSION, Mission.State.FILLED, updated_at=timezone.now())
        record(by, verbs.FILLED, mission, organisation=mission.host)
    elif state == Mission.State.FILLED and not full:
        move(mission, MISSION, Mission.State.OPEN, updated_at=timezone.now())
        record(by, verbs.OPENED, mission, organisation=mission.host)


def free_places(mission: Mission) -> int | None:
    """Places left, or None when all who fit are taken (D6)."""
    if mission.people is None:
        return None
    held = mission.applications.filter(state=Application.State.ACCEPTED).exclude(engagement__state="stopped")
    return max(0, mission.people - held.count())


@transaction.atomic
def hide(mission: Mission, by: Person | None) -> None:
    """Moderation takes the mission away; other instances withdraw it."""
    record(by, verbs.HIDDEN, mission, organisation=mission.host)
    mission.hidden = True
    mission.save(update_fields=["hidden", "updated_at"])


@transaction.atomic
def restore(mission: Mission, by: Person | None) -> None:
    """Moderation gives the mission back."""
    mission.hidden = False
    mission.save(update_fields=["hidden", "updated_at"])
    if mission.is_public:
        record(by, verbs.EDITED, mission, organisation=mission.host)


def similar(mission: Mission, *, number: int = 3) -> QuerySet[Mission]:
    """Other open missions: shared skills first, then the same province or from anywhere, then the newest."""
    skills = list(mission.skills.values_list("pk", flat=True))
    place = mission.territory or mission.project.territory
    province = "/".join(place.path.split("/")[:2]) + "/" if place else "-"
    near = Case(
        When(Q(territory__path__startswith=province) | Q(remote=True), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    found = Mission.objects.open().exclude(pk=mission.pk).select_related("host", "territory", "project")
    shared = Count("skills", filter=Q(skills__in=skills), distinct=True)
    return found.annotate(shared=shared, near=near).order_by("-shared", "-near", "-id")[:number]
