"""Projects and their needs: one plain row that money, people and other instances point to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from core.models.identity import Identified
from core.models.languages import best
from core.models.subjects import SubjectModel
from core.money import CurrencyField, MinorField, money
from core.text import fold, plain


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects anyone may read, and those of a place."""

    def public(self) -> ProjectQuerySet:
        return self.filter(status=Project.Status.PUBLISHED)

    def local(self) -> ProjectQuerySet:
        return self.filter(origin_uri="")

    def within(self, path: str) -> ProjectQuerySet:
        """Projects of a territory and of all below it."""
        return self.filter(territory__path__startswith=path)


class Project(Identified, SubjectModel, models.Model):
    """What a community wants to do together.

    ``texts`` is ``{language: {"title", "summary", "story"}}``, kept equal to the live ProjectPages of a local
    project and to what the origin sent for a remote one (``origin_uri`` set, no page).
    """

    class Stage(models.TextChoices):
        IDEA = "idea", _("Idea")
        MATURING = "maturing", _("In maturation")
        SEEKING = "seeking", _("Looking for resources")
        UNDERWAY = "underway", _("Under way")
        DONE = "done", _("Done")
        CAPITALISED = "capitalised", _("Capitalised")

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("e-mail not confirmed")
        WAITING = "waiting", _("waiting for an answer")
        PUBLISHED = "published", _("published")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    subject_type = "core.project"

    slug = models.SlugField(max_length=100, unique=True, allow_unicode=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.IDEA)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UNCONFIRMED)
    territory = models.ForeignKey(
        "core.Territory", on_delete=models.PROTECT, null=True, related_name="projects"
    )
    themes = models.ManyToManyField("core.Theme", blank=True, related_name="projects")
    owner = models.ForeignKey(
        "core.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="projects"
    )
    language = models.CharField(max_length=5, default="fr")
    texts = models.JSONField(default=dict)
    words = models.TextField(
        default="", blank=True, editable=False, help_text="all texts as they are searched"
    )
    cover = models.ForeignKey(
        "wagtailimages.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    origin_uri = models.CharField(max_length=500, blank=True, db_index=True)
    origin_url = models.URLField(max_length=500, blank=True)
    origin_name = models.CharField(max_length=160, blank=True)
    origin_facts = models.JSONField(
        default=dict, blank=True, help_text="place, owner, figures as the origin tells them"
    )
    is_sample = models.BooleanField(default=False, help_text="invented for a demonstration")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        indexes = [models.Index(fields=["status", "-published_at", "-id"], name="project_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["origin_uri"], condition=~models.Q(origin_uri=""), name="one_row_per_origin"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the searched words in line with the texts."""
        changed = kwargs.get("update_fields")
        if changed is None or "texts" in changed:
            written = (
                text.get(part, "") for text in self.texts.values() for part in ("title", "summary", "story")
            )
            self.words = fold(plain(" ".join(written)))
            if changed is not None:
                kwargs["update_fields"] = {*changed, "words"}
        super().save(*args, **kwargs)

    @property
    def shown_language(self) -> str:
        """The language its texts are read in by the active reader."""
        return best({code: text.get("title") for code, text in self.texts.items()}) or self.language

    def _text(self, field: str) -> str:
        return str(self.texts.get(self.shown_language, {}).get(field, ""))

    @property
    def title(self) -> str:
        return self._text("title")

    @property
    def summary(self) -> str:
        return self._text("summary")

    @property
    def story(self) -> str:
        """Washed HTML."""
        return self._text("story")

    @property
    def is_remote(self) -> bool:
        return bool(self.origin_uri)

    @property
    def subject_title(self) -> str:
        return self.title

    @property
    def subject_project(self) -> Project:
        return self

    @property
    def subject_owner(self) -> models.Model | None:  # type: ignore[override]
        return self.owner

    @property
    def subject_author(self) -> models.Model | None:  # type: ignore[override]
        return self.proposer

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.slug])

    def url_for(self, person: object) -> str:
        """The public page, or while there is none the page where author and animators follow the idea."""
        return self.get_absolute_url() if self.is_public else reverse("idea", args=[self.uid])


class Need(models.Model):
    """What a project lacks, in one of five kinds; money needs say how much, others how many of what."""

    class Kind(models.TextChoices):
        SKILLS = "skills", _("skills")
        MONEY = "money", _("money")
        IN_KIND = "in_kind", _("in kind")
        NETWORK = "network", _("network")
        IDEAS = "ideas", _("ideas")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    texts = models.JSONField(default=dict, help_text="{language: text}")
    amount_minor = MinorField(null=True, blank=True)
    currency = CurrencyField(blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("need")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.texts.get(best(self.texts) or "", "")

    @property
    def amount(self) -> Money | None:
        return money(self.amount_minor, self.currency) if self.amount_minor is not None else None
