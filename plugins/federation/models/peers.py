"""Links with other instances: who asked to follow whom, who decided, and what state that is in."""

from __future__ import annotations

from typing import ClassVar

from activitypub.core.models import ActorContext, FollowRequest
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified
from core.models.subjects import SubjectModel


class PeerLinkQuerySet(models.QuerySet["PeerLink"]):
    """Links by direction and state; each row comes with its remote actor in the same query."""

    def outgoing(self) -> PeerLinkQuerySet:
        return self.filter(direction=PeerLink.Direction.OUT)

    def incoming(self) -> PeerLinkQuerySet:
        return self.filter(direction=PeerLink.Direction.IN)

    def accepted(self) -> PeerLinkQuerySet:
        return self.filter(state=PeerLink.State.ACCEPTED)

    def with_actor(self) -> PeerLinkQuerySet:
        return self.select_related("actor__reference")


class PeerLink(Identified, SubjectModel, models.Model):
    """One actor follows another across instances. The toolkit's ``request`` says who, whom and by which activity;
    this row adds the decision: state, who decided, when and why.
    """

    class Direction(models.TextChoices):
        OUT = "out", _("we follow them")
        IN = "in", _("they follow us")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for an answer")
        ACCEPTED = "accepted", _("linked")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")
        BLOCKED = "blocked", _("blocked")

    subject_type: ClassVar[str] = "federation.peer"

    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    actor = models.ForeignKey(
        ActorContext, on_delete=models.PROTECT, related_name="+", help_text="the remote actor"
    )
    local_uri = models.CharField(max_length=500, help_text="our actor that follows or is followed")
    request = models.ForeignKey(FollowRequest, on_delete=models.PROTECT, related_name="+")
    inbox = models.CharField(max_length=500, help_text="shared inbox of the remote actor, else its own")
    host = models.CharField(max_length=260, db_index=True)
    name = models.CharField(max_length=160)
    is_instance = models.BooleanField(
        default=True, help_text="an instance, not a single reader of the social web"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    asked_times = models.PositiveSmallIntegerField(default=1)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = PeerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("linked instance")
        verbose_name_plural = _("linked instances")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["direction", "actor", "local_uri"], name="one_link_each_way"),
        ]
        indexes = [models.Index(fields=["direction", "state", "local_uri"], name="peer_followers")]

    def __str__(self) -> str:
        return self.name or self.host

    def get_absolute_url(self) -> str:
        return reverse("federation:peer", args=[self.uid])

    @property
    def subject_title(self) -> str:
        return str(self)

    @property
    def is_public(self) -> bool:
        return self.state == self.State.ACCEPTED and self.is_instance

    @property
    def is_incoming(self) -> bool:
        return self.direction == self.Direction.IN
