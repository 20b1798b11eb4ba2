"""Keys of our actors (rows of the toolkit, sealed) and public keys of remote actors."""

from __future__ import annotations

from activitypub.core.models import SecV1Context
from django.db import models
from django.utils import timezone


class SigningKey(SecV1Context):
    """A local actor's key pair in the toolkit's key table; ``private_key_pem`` holds a sealed token, never a PEM."""

    class Meta:
        proxy = True


class RemoteKey(models.Model):
    """A remote actor's public key, written only together with an activity that it verified."""

    key_id = models.CharField(max_length=500, unique=True)
    owner = models.CharField(max_length=500, db_index=True)
    pem = models.TextField()
    fetched_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key_id
