"""The life of a project: proposed, published, edited, answered, moved from stage to stage, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Locale

from core.domain.pages import project_index
from core.journal import record
from core.models import Need, Person, Project, ProjectPage
from core.text import clean, paragraphs
from core.verbs import DECLINED, EDITED, PROPOSED, PUBLISHED, STAGE_MOVED, WITHDRAWN

Texts = Mapping[str, Mapping[str, str]]


class WrongState(ValueError):
    """The project is not in a state from which this can be done."""


def free_slug(title: str) -> str:
    """A slug nobody has, from a title in any script."""
    base = slugify(title, allow_unicode=True)[:80].strip("-") or "project"
    slug, number = base, 1
    while Project.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def washed(texts: Texts) -> dict[str, dict[str, str]]:
    """Texts with plain titles and summaries and washed stories."""
    return {
        language: {
            "title": " ".join(text.get("title", "").split())[:200],
            "summary": " ".join(text.get("summary", "").split())[:300],
            "story": str(clean(text.get("story", ""))),
        }
        for language, text in texts.items()
        if text.get("title", "").strip()
    }


def write_pages(project: Project) -> None:
    """Bring the project's pages in line with its texts: one live page per language while it is published."""
    pages = {page.locale.language_code: page for page in project.pages.select_related("locale")}
    key = next((page.translation_key for page in pages.values()), None)
    for language, text in project.texts.items():
        page = pages.get(language)
        if page is None:
            page = ProjectPage(
                project=project, locale=Locale.objects.get(language_code=language), slug=project.slug
            )
            if key is not None:
                page.translation_key = key
        page.title, page.summary, page.story = text["title"], text.get("summary", ""), text.get("story", "")
        page.live = project.is_public
        if page.pk is None:
            project_index(language).add_child(instance=page)
            key = page.translation_key
        else:
            page.save()
        page.save_revision(log_action=False)
    for language, page in pages.items():
        if language not in project.texts:
            page.unpublish()


@transaction.atomic
def propose(
    *,
    proposer: Person,
    title: str,
    summary: str,
    language: str,
    territory: object,
    story: str = "",
    **fields: object,
) -> Project:
    """An idea that waits in the moderation queue; raises nothing that a form has not caught."""
    project = Project.objects.create(
        slug=free_slug(title),
        proposer=proposer,
        language=language,
        territory=territory,
        status=Project.Status.WAITING,
        texts=washed(
            {language: {"title": title, "summary": summary, "story": str(paragraphs(story or summary))}}
        ),
        **fields,
    )
    record(proposer, PROPOSED, project)
    return project


@transaction.atomic
def publish(project: Project, *, by: Person | None) -> None:
    """Put a project before everyone; raises WrongState for one received from elsewhere."""
    if project.is_remote:
        raise WrongState("remote")
    project.status = Project.Status.PUBLISHED
    project.published_at = project.published_at or timezone.now()
    project.save()
    write_pages(project)
    record(by, PUBLISHED, project)


@transaction.atomic
def edit(project: Project, *, by: Person | None, texts: Texts | None = None, **fields: object) -> None:
    """Change texts and facts of a project; a published one tells its readers and followers."""
    for name, value in fields.items():
        setattr(project, name, value)
    if texts is not None:
        project.texts = washed(texts)
    project.save()
    write_pages(project)
    record(by, EDITED, project)


@transaction.atomic
def decline(project: Project, *, by: Person, reason: str) -> None:
    """Answer an idea with a reason; its author may change it and ask again."""
    project.status = Project.Status.DECLINED
    project.save(update_fields=["status", "updated_at"])
    record(by, DECLINED, project, reason=reason)


@transaction.atomic
def withdraw(project: Project, *, by: Person | None) -> None:
    """Take a project back; what happened stays in the journal and other instances are told."""
    record(by, WITHDRAWN, project)
    project.status = Project.Status.WITHDRAWN
    project.save(update_fields=["status", "updated_at"])
    for page in project.pages.filter(live=True):
        page.unpublish()


@transaction.atomic
def put_back(project: Project, *, by: Person | None) -> None:
    """Show a withdrawn project again; one received from elsewhere stands as its origin last sent it."""
    if not project.is_remote:
        publish(project, by=by)
        return
    project.status = Project.Status.PUBLISHED
    project.save(update_fields=["status", "updated_at"])


@transaction.atomic
def move_stage(project: Project, stage: str, *, by: Person | None) -> None:
    """Move along idea → maturing → seeking → under way → done → capitalised (or back, said openly)."""
    before, project.stage = project.stage, Project.Stage(stage)
    project.save(update_fields=["stage", "updated_at"])
    record(by, STAGE_MOVED, project, before=before, after=stage)


@transaction.atomic
def add_need(project: Project, *, kind: str, texts: dict[str, str], **fields: object) -> Need:
    """One more thing a project lacks."""
    return Need.objects.create(project=project, kind=kind, texts=texts, **fields)
