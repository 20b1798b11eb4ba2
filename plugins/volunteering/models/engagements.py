"""Engagements: what follows an acceptance, with hours and feedback."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plugins.volunteering.models.plans import Side


class Engagement(models.Model):
    """An accepted volunteer and a host, until the end of the mission and what follows it."""

    class State(models.TextChoices):
        UNDERWAY = "underway", _("under way")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", _("stopped")

    application = models.OneToOneField(
        "volunteering.Application", on_delete=models.CASCADE, related_name="engagement"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.UNDERWAY)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("engagement")

    def __str__(self) -> str:
        return str(self.application)

    @property
    def is_underway(self) -> bool:
        return self.state == self.State.UNDERWAY


class HoursEntry(models.Model):
    """Time a volunteer gave on a day; confirmed by the host it is locked."""

    class State(models.TextChoices):
        LOGGED = "logged", _("waits for confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("not confirmed")

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="hours")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.LOGGED)
    reason = models.CharField(max_length=200, blank=True)
    logged_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("hours")
        ordering = ["day", "id"]

    def __str__(self) -> str:
        return f"{self.day} {self.duration}"

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def is_locked(self) -> bool:
        return self.state == self.State.CONFIRMED


class Feedback(models.Model):
    """What one side says to the other at the end."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="feedback")
    side = models.CharField(max_length=9, choices=Side.choices)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("feedback")
        constraints = [models.UniqueConstraint(fields=["engagement", "side"], name="feedback_once_a_side")]

    def __str__(self) -> str:
        return self.text[:60]
