"""Applications: a person offers to do a mission; private to the two sides."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified
from core.models.subjects import SubjectModel
from plugins.volunteering.models.plans import PlanStep, Side


def new_nonce() -> str:
    """What makes a private link ours to revoke: a new nonce is a new link."""
    return get_random_string(16)


class Application(Identified, SubjectModel, models.Model):
    """What a person wrote to a host, and where it stands. One per person and mission.

    Its texts are read by the applicant and the managers of the host, nobody else. ``confirmed_at`` says when the
    applicant first came through the private link, so that the address is known to be theirs.
    """

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("application", "waiting for an answer")
        SHORTLISTED = "shortlisted", pgettext_lazy("application", "on the shortlist")
        ACCEPTED = "accepted", pgettext_lazy("application", "accepted")
        DECLINED = "declined", pgettext_lazy("application", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")

    subject_type = "volunteering.application"

    mission = models.ForeignKey("volunteering.Mission", on_delete=models.CASCADE, related_name="applications")
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    message = models.TextField()
    state = models.CharField(max_length=11, choices=State.choices, default=State.SENT)
    reason = models.TextField(blank=True)
    link_nonce = models.CharField(max_length=16, default=new_nonce, editable=False)
    sent_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [models.UniqueConstraint(fields=["mission", "applicant"], name="apply_once")]
        indexes = [
            models.Index(fields=["applicant", "-id"], name="application_mine"),
            models.Index(fields=["mission", "state"], name="application_mission"),
        ]

    def __str__(self) -> str:
        return f"{self.mission} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("volunteering:application", args=[self.uid])

    @property
    def volunteer_name(self) -> str:
        """What the host calls the applicant: a guest may have given no name."""
        return (self.applicant and self.applicant.name) or gettext("the volunteer")

    def side_name(self, side: str) -> str:
        """Who a side is, in the reader's language."""
        return str(self.mission.host) if side == Side.HOST else self.volunteer_name

    @property
    def current_step(self) -> PlanStep | None:
        """The one step whose owner has the turn; reads ``steps`` so that a prefetch serves it."""
        return next((step for step in self.steps.all() if step.state == PlanStep.State.CURRENT), None)

    @property
    def is_waiting(self) -> bool:
        return self.state in {self.State.SENT, self.State.SHORTLISTED}

    @property
    def subject_title(self) -> str:
        return self.mission.title

    @property
    def subject_project(self) -> models.Model:  # type: ignore[override]
        return self.mission.project

    @property
    def subject_owner(self) -> models.Model:  # type: ignore[override]
        return self.mission.host

    @property
    def subject_author(self) -> models.Model | None:  # type: ignore[override]
        return self.applicant

    @property
    def is_public(self) -> bool:
        return False

    def url_for(self, person: object) -> str:
        """The page as this person reaches it.

        The applicant has a private link that needs no sign-in. While the application waits, others are led to a
        link that answers it in their name; it checks who they are to the host before it shows anything.
        """
        from plugins.volunteering.models.links import answer_path, private_path

        if person == self.applicant:
            return private_path(self)
        return answer_path(self, person) if self.is_waiting else self.get_absolute_url()


class Note(models.Model):
    """A short note between the two sides of an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    side = models.CharField(max_length=9, choices=Side.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("note")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
