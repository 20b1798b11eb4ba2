"""Territories: Morocco's regions, provinces, communes and douars, and towns abroad."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.languages import NamedInLanguages
from core.models.subjects import SubjectModel


class Territory(NamedInLanguages, SubjectModel, models.Model):
    """A place in the tree. ``code`` is the HCP code in Morocco and a slug elsewhere.

    ``path`` holds the codes from the root, each closed by a slash, so that a prefix finds all below.
    """

    class Level(models.TextChoices):
        COUNTRY = "country", _("country")
        REGION = "region", _("region")
        PROVINCE = "province", _("province")
        COMMUNE = "commune", _("commune")
        DOUAR = "douar", _("douar")
        TOWN = "town", _("town abroad")

    subject_type = "core.territory"
    subject_key_field = "code"

    code = models.CharField(max_length=40, unique=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=255, db_index=True, editable=False)
    name_fr = models.CharField(max_length=120)
    name_ar = models.CharField(max_length=120, blank=True)
    name_zgh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["path"]

    __str__ = NamedInLanguages.__str__

    def save(self, *args: object, **kwargs: object) -> None:
        self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def subject_title(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("territory", args=[self.code])
