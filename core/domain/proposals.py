"""Ideas: typed on a phone, confirmed by a code, answered by an agent, changed and asked again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.domain import charter, confirmations, people, photos, projects
from core.domain.moderation import ANSWER_WITHIN, open_proposal
from core.domain.permissions import manages
from core.journal import record
from core.models import Confirmation, ModerationCase, Need, Organisation, Person, Project, Territory, Theme
from core.text import paragraphs
from core.verbs import EDITED, PROPOSED

PURPOSE = "propose"
UNCONFIRMED_FOR = timedelta(days=7)
Status = Project.Status
MINE = (Status.UNCONFIRMED, Status.WAITING, Status.DECLINED)
"""States in which an idea is still its author's."""


def draft(*, title: str, summary: str, territory: Territory, language: str, photo: str = "") -> Project:
    """An idea nobody has confirmed yet: kept, but shown to no one."""
    text = {"title": title, "summary": summary, "story": str(paragraphs(summary))}
    project = Project(
        slug=projects.free_slug(title),
        language=language,
        territory=territory,
        status=Status.UNCONFIRMED,
        texts=projects.washed({language: text}),
    )
    if photo:
        project.cover = photos.to_image(photo, title=title)
    project.save()
    return project


@transaction.atomic
def begin(*, email: str, language: str, **fields: Any) -> Confirmation:
    """Keep the idea of a guest and send a code to their address; raises TooManyCodes."""
    project = draft(language=language, **fields)
    return confirmations.start(PURPOSE, email, language=language, project=project.uid)


def confirm(confirmation: Confirmation, code: str) -> Project:
    """The code is right: the idea reaches the queue in the name of who reads that mailbox, charter accepted.

    Raises what ``confirmations.verify`` raises, and people.Inactive.
    """
    confirmations.verify(confirmation, code)
    with transaction.atomic():
        confirmations.use(confirmation)
        person = people.prove(confirmation.email)
        charter.accept(person)
        project = Project.objects.get(uid=confirmation.facts["project"])
        return submit(project, proposer=person)


@transaction.atomic
def submit(project: Project, *, proposer: Person) -> Project:
    """The idea is confirmed: it waits for an answer, and the animators are told. Safe to repeat."""
    if project.status != Status.UNCONFIRMED:
        return project
    project.proposer, project.status = proposer, Status.WAITING
    project.save(update_fields=["proposer", "status", "updated_at"])
    open_proposal(project)
    record(proposer, PROPOSED, project)
    return project


@transaction.atomic
def propose(*, proposer: Person, **fields: Any) -> Project:
    """The idea of somebody who is signed in: no code is needed."""
    return submit(draft(**fields), proposer=proposer)


def project_of(confirmation: Confirmation) -> Project | None:
    """The idea a code was sent for."""
    return Project.objects.filter(uid=confirmation.facts.get("project", "")).first()


@transaction.atomic
def revise(
    project: Project, *, by: Person, title: str, summary: str, territory: Territory, photo: str = ""
) -> Project:
    """The author changes an idea that waits, or a declined one, which then waits again."""
    if project.status not in MINE:
        raise projects.WrongState(project.status)
    before = project.texts.get(project.language, {})
    story = before.get("story", "")
    if story == str(paragraphs(before.get("summary", ""))):
        story = str(paragraphs(summary))
    texts = {**project.texts, project.language: {"title": title, "summary": summary, "story": story}}
    project.texts, project.territory = projects.washed(texts), territory
    if photo:
        project.cover = photos.to_image(photo, title=title)
    again = project.status == Status.DECLINED
    project.status = Status.WAITING if again else project.status
    project.save()
    if again:
        open_proposal(project)
        record(by, PROPOSED, project)
    return project


@transaction.atomic
def take_back(project: Project, *, by: Person) -> None:
    """The author no longer asks: the open question is closed without an answer."""
    if project.status not in MINE:
        raise projects.WrongState(project.status)
    cases = ModerationCase.objects.filter(
        kind=ModerationCase.Kind.PROPOSAL,
        state=ModerationCase.State.OPEN,
        subject_type=project.subject_type,
        subject_key=project.subject_key,
    )
    cases.update(state=ModerationCase.State.DECLINED, decided_by=by, decided_at=timezone.now())
    projects.withdraw(project, by=by)


def last_case(project: Project) -> ModerationCase | None:
    """The latest question asked about an idea."""
    cases = ModerationCase.objects.filter(kind=ModerationCase.Kind.PROPOSAL, subject_key=project.subject_key)
    return cases.filter(subject_type=project.subject_type).order_by("-pk").first()


def answer_due(case: ModerationCase) -> datetime:
    """Until when an answer is promised."""
    return case.opened_at + ANSWER_WITHIN


def is_author(person: Any, project: Project) -> bool:
    """Whether the idea is this person's."""
    return bool(person.is_authenticated and project.proposer_id == person.pk)


def may_edit(person: Any, project: Project) -> bool:
    """Who may change a published project: those who answer for it; its author while no organisation does."""
    if project.is_remote:
        return False
    return manages(person, project) or (project.owner_id is None and is_author(person, project))


@transaction.atomic
def write_sheet(
    project: Project,
    *,
    by: Person,
    texts: projects.Texts,
    territory: Territory,
    owner: Organisation | None,
    themes: Iterable[Theme],
    stage: str,
    photo: str = "",
) -> None:
    """Write a project's whole sheet; a stage that changed is told as such."""
    fields: dict[str, Any] = {"territory": territory, "owner": owner}
    if photo:
        fields["cover"] = photos.to_image(photo, title=project.title)
    project.themes.set(themes)
    if stage != project.stage:
        if project.is_public:
            projects.move_stage(project, stage, by=by)
        else:
            fields["stage"] = stage
    if project.is_public:
        projects.edit(project, by=by, texts=texts, **fields)
        return
    for name, value in fields.items():
        setattr(project, name, value)
    project.texts = projects.washed(texts)
    project.save()


@transaction.atomic
def write_need(project: Project, *, by: Person, **fields: Any) -> Need:
    """One more thing the project lacks; its readers are told that the sheet changed."""
    fields["order"] = project.needs.count()
    need = projects.add_need(project, **fields)
    record(by, EDITED, project)
    return need


@transaction.atomic
def remove_need(need: Need, *, by: Person) -> None:
    """The project lacks this no more."""
    project = need.project
    need.delete()
    record(by, EDITED, project)


def forget_unconfirmed(now: datetime | None = None) -> int:
    """Remove ideas nobody confirmed in time, their codes and photos left behind; gives how many ideas."""
    before = (now or timezone.now()) - UNCONFIRMED_FOR
    ideas = Project.objects.filter(status=Status.UNCONFIRMED, proposer=None, created_at__lt=before)
    covers = [idea.cover for idea in ideas.select_related("cover") if idea.cover is not None]
    number = ideas.count()
    ideas.delete()
    for cover in covers:
        cover.delete()
    Confirmation.objects.filter(created_at__lt=before).delete()
    photos.forget(before)
    return number
