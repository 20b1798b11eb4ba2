"""The shared plan of an application: steps with one owner and a due date each."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """The two who owe each other steps: nothing belongs to one person of the organisation."""

    HOST = "host", _("organisation")
    VOLUNTEER = "volunteer", _("volunteer")


class PlanStep(models.Model):
    """One step: who does what, until when. At most one step of an application is current: its owner has the turn.

    Standard steps carry a ``kind`` and are read in the reader's language; others carry the ``text`` somebody
    wrote. ``public`` steps stand on the mission's page without any person's name.
    """

    class Kind(models.TextChoices):
        ANSWER = "answer", _("Answer the application")
        DECIDE = "decide", _("Decide on the shortlist")
        DATES = "dates", _("Agree on the dates")
        MISSION = "mission", _("Do the mission")
        FOLLOW_UP = "follow_up", _("Tell what became of it")
        OWN = "own", _("Another step")

    class State(models.TextChoices):
        PLANNED = "planned", _("to come")
        CURRENT = "current", _("now")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    application = models.ForeignKey(
        "volunteering.Application", on_delete=models.CASCADE, related_name="steps"
    )
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.OWN)
    text = models.CharField(_("what has to be done"), max_length=160, blank=True)
    side = models.CharField(_("by whom"), max_length=9, choices=Side.choices)
    due = models.DateField(_("due date"))
    state = models.CharField(max_length=7, choices=State.choices, default=State.PLANNED)
    public = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    turn_since = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("step")
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(state="current"), name="one_turn_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["state", "due"], name="step_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.text or str(self.get_kind_display())

    @property
    def is_current(self) -> bool:
        return self.state == self.State.CURRENT

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.PLANNED, self.State.CURRENT}

    @property
    def is_late(self) -> bool:
        """Whether its turn has come and its due date has passed."""
        return self.is_current and self.due < timezone.localdate()

    @property
    def waiting_days(self) -> int:
        """Whole days since its owner has the turn."""
        if self.turn_since is None:
            return 0
        return max(0, (timezone.localdate() - timezone.localdate(self.turn_since)).days)

    def days_late(self, today: date) -> int:
        """Days past the due date; negative before it."""
        return (today - self.due).days


class Reminder(models.Model):
    """One reminder of a step in one week around one due date: written once, whoever runs and however often."""

    class Kind(models.TextChoices):
        SOON = "soon"
        LATE = "late"
        STALLED = "stalled"

    step = models.ForeignKey(PlanStep, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    due = models.DateField()
    week = models.SmallIntegerField(help_text="weeks after the due date; -1 is the week before it")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["step", "due", "week"], name="remind_once_a_week")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.kind} {self.week}"
