"""Missions: help that a project seeks from people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified
from core.models.languages import best
from core.models.subjects import SubjectModel


class MissionQuerySet(models.QuerySet["Mission"]):
    """Missions anyone may read, and those that take applications."""

    def public(self) -> MissionQuerySet:
        """Published, not hidden by moderation, on a project that is itself public."""
        return self.filter(hidden=False, project__status="published").exclude(state=Mission.State.DRAFT)

    def open(self) -> MissionQuerySet:
        return self.public().filter(state=Mission.State.OPEN)

    def counted(self) -> MissionQuerySet:
        """With ``taken``: how many volunteers were accepted."""
        accepted = models.Q(applications__state="accepted")
        return self.annotate(taken=models.Count("applications", filter=accepted))


class Mission(Identified, SubjectModel, models.Model):
    """A call for volunteers: one-off or a long accompaniment, on site or remote.

    ``texts`` is ``{language: {"title", "story", "criteria"}}`` with plain titles and washed HTML; ``people`` is
    how many are sought, nothing when all who fit are taken; ``hours`` counts the whole mission for one person.
    """

    class Kind(models.TextChoices):
        ONE_OFF = "one_off", _("One-off mission")
        ACCOMPANIMENT = "accompaniment", _("Long accompaniment")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open to applications")
        FILLED = "filled", _("complete")
        CLOSED = "closed", _("closed to applications")
        DONE = "done", _("done")

    subject_type = "volunteering.mission"

    slug = models.SlugField(max_length=100, unique=True, allow_unicode=True)
    project = models.ForeignKey("core.Project", on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey("core.Organisation", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.ONE_OFF)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    hidden = models.BooleanField(default=False, help_text="taken away by moderation")
    language = models.CharField(max_length=5, default="fr")
    texts = models.JSONField(default=dict)
    remote = models.BooleanField(_("can be done from anywhere"), default=False)
    territory = models.ForeignKey(
        "core.Territory", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    hours = models.PositiveSmallIntegerField(null=True, blank=True)
    people = models.PositiveSmallIntegerField(null=True, blank=True)
    skills = models.ManyToManyField("volunteering.Skill", blank=True, related_name="missions")
    is_sample = models.BooleanField(default=False, help_text="invented for a demonstration")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("mission")
        verbose_name_plural = _("missions")
        indexes = [
            models.Index(fields=["state", "-id"], name="mission_list"),
            models.Index(fields=["project", "state"], name="mission_project"),
            models.Index(fields=["host", "state"], name="mission_host"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("volunteering:mission", args=[self.slug])

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
    def story(self) -> str:
        """Washed HTML."""
        return self._text("story")

    @property
    def criteria(self) -> str:
        """Washed HTML: who is sought."""
        return self._text("criteria")

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def subject_title(self) -> str:
        return self.title

    @property
    def subject_project(self) -> models.Model:  # type: ignore[override]
        return self.project

    @property
    def subject_owner(self) -> models.Model:  # type: ignore[override]
        return self.host

    @property
    def subject_author(self) -> models.Model | None:  # type: ignore[override]
        return self.author

    @property
    def is_public(self) -> bool:
        return not self.hidden and self.state != self.State.DRAFT and self.project.is_public
