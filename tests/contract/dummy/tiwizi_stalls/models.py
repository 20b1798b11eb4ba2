"""Stalls."""

from django.db import models
from django.urls import reverse

from core.models.identity import Identified
from core.models.subjects import SubjectModel


class Stall(Identified, SubjectModel, models.Model):
    """A stall at the market of a project."""

    subject_type = "stalls.stall"

    project = models.ForeignKey("core.Project", on_delete=models.CASCADE, related_name="+")
    keeper = models.ForeignKey("core.Person", on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name

    @property
    def subject_project(self):
        return self.project

    @property
    def subject_author(self):
        return self.keeper

    def get_absolute_url(self) -> str:
        return reverse("stalls:stall", args=[self.uid])
