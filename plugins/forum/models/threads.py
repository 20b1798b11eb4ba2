"""Threads: one main thread on each subject that can be discussed, and free ones on a theme or a place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from core.contract import SubjectRef
from core.models.identity import Identified
from core.models.languages import best
from core.models.subjects import SubjectModel
from core.registry import registry

CARRIED = (
    "reply_count",
    "last_post",
    "last_posted_at",
    "last_number",
    "last_author",
    "last_author_name",
    "listed",
)
"""Columns that follow the posts, so that lists never touch them."""
LISTED = Q(listed=True)
PAGE_SIZE = 20
"""Posts on one page of a thread; pages start at number 1, 21, 41…"""


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Threads that stand in lists, and the main thread of a subject."""

    def listed(self) -> ThreadQuerySet:
        """Newest talk first; lists read this one table, never the posts."""
        return self.filter(listed=True).order_by("-last_posted_at", "-id")

    def on(self, ref: SubjectRef) -> ThreadQuerySet:
        """The main thread of a subject: none before its first post."""
        return self.filter(about_type=ref.type, about_key=ref.key)


class Thread(Identified, SubjectModel, models.Model):
    """A discussion. ``about_type`` and ``about_key`` name its subject and are empty for a free thread.

    The row carries what lists show; it is written together with each post, under the row's lock.
    ``title`` is what the author typed, or the subject's title when the thread began (search, address).
    """

    subject_type = "forum.thread"

    about_type = models.CharField(max_length=60, blank=True)
    about_key = models.CharField(max_length=40, blank=True)
    project = models.ForeignKey(
        "core.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    theme = models.ForeignKey(
        "core.Theme", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    territory = models.ForeignKey(
        "core.Territory", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    titles = models.JSONField(
        default=dict, blank=True, help_text="{language: title} of the subject when it began"
    )
    language = models.CharField(max_length=5, default="fr")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    reply_count = models.PositiveIntegerField(default=0)
    highest_number = models.PositiveIntegerField(default=0)
    last_post = models.ForeignKey(
        "forum.Post", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_posted_at = models.DateTimeField(default=timezone.now)
    last_number = models.PositiveIntegerField(default=0, help_text="of the last visible message")
    last_author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_author_name = models.CharField(max_length=160, blank=True)
    listed = models.BooleanField(default=False, help_text="not hidden, and something can be read")
    hidden = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")
        constraints = [
            models.UniqueConstraint(
                fields=["about_type", "about_key"], condition=~Q(about_type=""), name="one_thread_per_subject"
            )
        ]
        # Partial ones: neither database takes a boolean column as the first of an index. The key leads the
        # lookup by subject, so that nothing but the lists' own indexes fits a filter by kind.
        indexes = [
            models.Index(fields=["about_key", "about_type"], name="thread_about"),
            models.Index(fields=["-last_posted_at", "-id"], condition=LISTED, name="thread_list"),
            models.Index(
                fields=["about_type", "-last_posted_at", "-id"], condition=LISTED, name="thread_list_kind"
            ),
            models.Index(
                fields=["theme", "-last_posted_at", "-id"], condition=LISTED, name="thread_list_theme"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("forum:thread", args=[self.pk, self.slug])

    @property
    def is_free(self) -> bool:
        return not self.about_type

    @property
    def opening(self) -> int:
        """Number of the post that is not a reply: 1 in a free thread, 0 where the subject itself opens."""
        return 1 if self.is_free else 0

    @property
    def about_ref(self) -> SubjectRef | None:
        return SubjectRef(self.about_type, self.about_key) if self.about_type else None

    @property
    def kind_label(self) -> str:
        """What kind of thing is talked about."""
        subject = registry.subject(self.about_type) if self.about_type else None
        return str(subject.label) if subject is not None else str(_("open discussion"))

    @property
    def talk_ref(self) -> SubjectRef:
        """What an answer is addressed to: the subject, or the free thread itself."""
        return self.about_ref or self.ref

    @cached_property
    def about(self) -> Any:
        """The subject talked about; None for a free thread, or when it is gone or its plug-in is off."""
        ref = self.about_ref
        return registry.resolve([ref]).get(ref) if ref else None

    @property
    def subject_title(self) -> str:
        """The title as kept on this row, in the reader's language: lists of subjects must cost no query each."""
        language = best(self.titles)
        return str(self.titles[language]) if language else self.title

    @property
    def shown_title(self) -> str:
        """The subject's title of today in the reader's language, or the free thread's own."""
        return str(self.about.subject_title) if self.about is not None else self.subject_title

    @property
    def subject_project(self) -> Any:
        return self.project

    @property
    def subject_owner(self) -> Any:
        return self.about.subject_owner if self.about is not None else None

    @property
    def subject_author(self) -> Any:
        return self.author if self.is_free else getattr(self.about, "subject_author", None)

    @property
    def is_public(self) -> bool:
        """Hidden threads, and those whose subject is not public or gone, are read by nobody."""
        return not self.hidden and (self.is_free or (self.about is not None and bool(self.about.is_public)))

    @property
    def slug(self) -> str:
        return slugify(self.title, allow_unicode=True)[:60].strip("-_") or "thread"

    def page_of(self, number: int) -> int:
        """First number of the page a post stands on."""
        return (max(number, 1) - 1) // PAGE_SIZE * PAGE_SIZE + 1

    @property
    def last_url(self) -> str:
        """Address of the last visible message."""
        return self.url_of(self.last_number) if self.last_number else self.get_absolute_url()

    @property
    def last_speaker(self) -> str:
        """Who wrote the last visible message, as others see them."""
        return self.last_author_name or str(self.last_author or _("Someone who has left"))

    def carry(self, post: Any) -> None:
        """Write on the row what lists show of its last visible message; the caller saves :data:`CARRIED`."""
        self.last_post, self.listed = post, post is not None and not self.hidden
        self.last_number = post.number if post is not None else 0
        self.last_author = post.author if post is not None else None
        self.last_author_name = post.author_name if post is not None else ""

    def url_of(self, number: int) -> str:
        """Address of a post: its page, and its place on it."""
        first = self.page_of(number)
        query = f"?from={first}" if first > 1 else ""
        return f"{self.get_absolute_url()}{query}#post-{number}"
