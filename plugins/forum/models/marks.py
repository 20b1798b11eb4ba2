"""How far a person has read, and whether they want to hear of a thread."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReadMark(models.Model):
    """One person in one thread: the highest number read, and whether the thread is muted.

    Following a thread is core's Follow; unread posts are the thread's highest number less ``last_read``.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    thread = models.ForeignKey("forum.Thread", on_delete=models.CASCADE, related_name="marks")
    last_read = models.PositiveIntegerField(default=0)
    wrote = models.BooleanField(default=False, help_text="took part, so is told of answers")
    muted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("reading mark")
        constraints = [models.UniqueConstraint(fields=["person", "thread"], name="one_mark")]

    def __str__(self) -> str:
        return f"{self.person} · {self.thread} · {self.last_read}"
