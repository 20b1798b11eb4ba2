"""Stable public ids."""

from django.db import models
from ulid import ULID


def new_uid() -> str:
    """A new ULID in lower case: 26 characters, sortable by time, safe in a URL."""
    return str(ULID()).lower()


class Identified(models.Model):
    """A row with an id that other instances may point to for ever."""

    uid = models.CharField(max_length=26, default=new_uid, unique=True, editable=False)

    class Meta:
        abstract = True
