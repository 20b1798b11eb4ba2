"""Organisations, their members and roles: nothing belongs to one person."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified
from core.models.languages import best
from core.models.subjects import SubjectModel


class Organisation(Identified, SubjectModel, models.Model):
    """A commune, association, cooperative, GIE, coordination or institution."""

    class Kind(models.TextChoices):
        COMMUNE = "commune", _("commune")
        ASSOCIATION = "association", _("association")
        COOPERATIVE = "cooperative", _("cooperative")
        GIE = "gie", _("economic interest group")
        COORDINATION = "coordination", _("coordination")
        INSTITUTION = "institution", _("institution")

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        ADMITTED = "admitted", _("admitted")
        LEFT = "left", _("left")

    subject_type = "core.organisation"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    name_ar = models.CharField(_("name in Arabic"), max_length=160, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ADMITTED)
    territory = models.ForeignKey(
        "core.Territory", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    description = models.JSONField(default=dict, blank=True, help_text="{language: text}")
    website = models.URLField(blank=True)
    is_sample = models.BooleanField(default=False, help_text="invented for a demonstration")
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="core.Membership", related_name="organisations"
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.subject_title)

    @property
    def subject_title(self) -> str:
        return (best({"fr": self.name, "ar": self.name_ar}) == "ar" and self.name_ar) or self.name

    @property
    def subject_owner(self) -> "Organisation":
        return self

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.ADMITTED

    def get_absolute_url(self) -> str:
        return reverse("organisation", args=[self.slug])


class Membership(models.Model):
    """A person's role in an organisation; handed over, never deleted: ``until`` closes it."""

    class Role(models.TextChoices):
        MANAGER = "manager", _("manager")
        TREASURER = "treasurer", _("treasurer")
        AGENT = "agent", _("development agent")
        MEMBER = "member", _("member")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateField(auto_now_add=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "role"],
                condition=models.Q(until=None),
                name="one_open_role",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.get_role_display()}"
