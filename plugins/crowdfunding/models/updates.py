"""News of a campaign, for everybody or for its backers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Organisation, Person, Project
from core.models.identity import Identified
from core.models.languages import best
from core.models.subjects import SubjectModel


class UpdateQuerySet(models.QuerySet["Update"]):
    """News that were published and still stand."""

    def standing(self) -> UpdateQuerySet:
        return self.filter(state=Update.State.PUBLISHED, hidden=False)


class Update(Identified, SubjectModel, models.Model):
    """One piece of news: written, published once, then told to each backer once.

    ``texts`` is ``{language: {"title", "body"}}``. ``told_until`` is the last pledge told while letters are being
    written, so that work that died goes on where it stopped; null when nobody waits.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("update", "draft")
        PUBLISHED = "published", pgettext_lazy("update", "published")
        WITHDRAWN = "withdrawn", pgettext_lazy("update", "withdrawn")

    subject_type = "crowdfunding.update"

    campaign = models.ForeignKey("crowdfunding.Campaign", on_delete=models.PROTECT, related_name="updates")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    language = models.CharField(max_length=5, default="fr")
    texts = models.JSONField(default=dict)
    backers_only = models.BooleanField(_("for backers only"), default=False)
    hidden = models.BooleanField(default=False, help_text="by moderation")
    form_key = models.CharField(max_length=40, unique=True, help_text="one filled form makes one update")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    told_until = models.BigIntegerField(null=True, blank=True)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")
        indexes = [models.Index(fields=["campaign", "state", "-id"], name="update_campaign")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("crowdfunding:update", args=[self.uid])

    @property
    def stands(self) -> bool:
        """Whether it was published and neither withdrawn nor hidden."""
        return self.state == self.State.PUBLISHED and not self.hidden

    @property
    def shown_language(self) -> str:
        """The language its texts are read in by the active reader."""
        return best({code: text.get("title") for code, text in self.texts.items()}) or self.language

    @property
    def title(self) -> str:
        return str(self.texts.get(self.shown_language, {}).get("title", ""))

    @property
    def body(self) -> str:
        """Washed HTML."""
        return str(self.texts.get(self.shown_language, {}).get("body", ""))

    @property
    def subject_title(self) -> str:
        """What the timeline names; the words of news that no longer stand are not told again."""
        return self.title if self.stands or self.state == self.State.DRAFT else str(_now("withdrawn news"))

    @property
    def subject_project(self) -> Project:
        return self.campaign.project

    @property
    def subject_owner(self) -> Organisation:
        return self.campaign.collector

    @property
    def subject_author(self) -> Person | None:
        return self.made_by

    @property
    def is_public(self) -> bool:
        return self.stands and not self.backers_only and self.campaign.is_public
