"""Skills in the words of ESCO, the European classification."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.languages import NamedInLanguages

ESCO_URI = "http://data.europa.eu/esco/skill/"


class Skill(NamedInLanguages, models.Model):
    """A skill of ESCO. French and English names are official; the Arabic ones are translations of ours."""

    esco_id = models.CharField(max_length=36, unique=True)
    name_fr = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    name_ar = models.CharField(max_length=200, blank=True, help_text="our translation, not ESCO's")
    name_zgh = models.CharField(max_length=200, blank=True, help_text="our translation, not ESCO's")

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name_fr"]

    def __str__(self) -> str:
        return self.name

    @property
    def uri(self) -> str:
        """The skill's address in ESCO, the same for every instance."""
        return ESCO_URI + self.esco_id
