"""Posts: what people said, with a dense number in their thread."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified
from core.models.subjects import SubjectModel
from core.text import shorten

QUOTED = re.compile(r"<blockquote>.*?</blockquote>", re.DOTALL)


class Post(Identified, SubjectModel, models.Model):
    """One message. ``text`` is what was typed, ``html`` the same washed; a remote one has only ``html``.

    ``number`` is dense in the thread and never reused: a deleted or hidden post keeps its place.
    ``posted_at`` is the author's own date; a late federated post takes the next number and keeps its date.
    """

    class State(models.TextChoices):
        VISIBLE = "visible", _("visible")
        DELETED = "deleted", _("deleted by its author")
        HIDDEN = "hidden", _("hidden by moderation")

    subject_type = "forum.post"

    thread = models.ForeignKey("forum.Thread", on_delete=models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(
        max_length=160, blank=True, help_text="as the origin tells it; empty for a local one"
    )
    author_uri = models.CharField(max_length=500, blank=True)
    origin = models.CharField(
        max_length=200, blank=True, help_text="scheme and host of the instance it came from"
    )
    origin_name = models.CharField(max_length=160, blank=True)
    uri = models.CharField(max_length=500, blank=True)
    url = models.CharField(max_length=500, blank=True, help_text="where a remote post is read at its origin")
    language = models.CharField(max_length=5, default="fr")
    text = models.TextField(_("message"), blank=True)
    html = models.TextField(blank=True)
    in_reply_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.VISIBLE)
    posted_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(
        max_length=40, blank=True, help_text="of the form it came from: sent twice, posted once"
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="dense_number"),
            models.UniqueConstraint(fields=["uri"], condition=~Q(uri=""), name="one_post_per_uri"),
            models.UniqueConstraint(
                fields=["author", "token"], condition=~Q(token=""), name="one_post_per_form"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-received_at"], name="post_author"),
            models.Index(fields=["thread", "state", "-number"], name="post_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.thread} #{self.number}"

    def get_absolute_url(self) -> str:
        return self.thread.url_of(self.number)

    @property
    def is_remote(self) -> bool:
        return bool(self.uri)

    @property
    def is_visible(self) -> bool:
        return self.state == self.State.VISIBLE

    @property
    def shown_author(self) -> str:
        """The name others see; a word for nobody once the author has left."""
        if self.author_name:
            return self.author_name
        return str(self.author) if self.author is not None else str(_("Someone who has left"))

    @property
    def words(self) -> SafeString:
        """The message for a page: ``html`` was washed when it was stored."""
        return mark_safe(self.html)

    @property
    def stamp(self) -> str:
        """When it was posted, for machines, to the minute."""
        return f"{self.posted_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"

    @property
    def excerpt(self) -> str:
        """The beginning of the message, without its quotations, as plain words."""
        return shorten(QUOTED.sub("", self.html) or self.html, 280)

    @property
    def initial(self) -> str:
        return next((letter for letter in self.shown_author if letter.isalnum()), "·").upper()

    @property
    def subject_title(self) -> str:
        return str(_("message {number} in “{title}”")).format(
            number=self.number, title=self.thread.subject_title
        )

    @property
    def subject_project(self) -> Any:
        return self.thread.project

    @property
    def subject_owner(self) -> Any:
        return self.thread.subject_owner

    @property
    def subject_author(self) -> Any:
        return self.author

    @property
    def is_public(self) -> bool:
        return self.is_visible and self.thread.is_public


class PostRevision(models.Model):
    """What a post said before an edit."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier version")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.post} · {self.replaced_at:%Y-%m-%d %H:%M}"

    @property
    def words(self) -> SafeString:
        """What it said; washed when it was stored."""
        return mark_safe(self.html)
