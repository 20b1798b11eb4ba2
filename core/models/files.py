"""Files kept private: proofs, photographed invoices, photos of what arrived."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.identity import Identified


class PrivateFile(Identified, models.Model):
    """A checked file under PRIVATE_ROOT, with a name nobody can guess; no address serves it by itself.

    The row never changes: another file is another row.
    """

    name = models.CharField(max_length=80, unique=True, editable=False)
    original_name = models.CharField(_("name of the file"), max_length=120)
    kind = models.CharField(max_length=20, help_text="content type, found in the content itself")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("private file")
        verbose_name_plural = _("private files")

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it as a picture."""
        return self.kind.startswith("image/")
