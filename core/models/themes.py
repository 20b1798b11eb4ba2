"""Themes that projects stand under."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.languages import NamedInLanguages


class Theme(NamedInLanguages, models.Model):
    """Water, waste, health… a short list each instance keeps."""

    slug = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    name_fr = models.CharField(max_length=80)
    name_ar = models.CharField(max_length=80, blank=True)
    name_zgh = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["order", "slug"]

    __str__ = NamedInLanguages.__str__
