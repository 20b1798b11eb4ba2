"""What we know of each remote host: may it speak to us, does it answer us."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Host(models.Model):
    """A remote host, by its name and port as they stand in its addresses (``a.example``, ``127.0.0.1:8002``).

    ``blocked`` also covers its subdomains; ``admitted`` counts only where the instance keeps an allow-list.
    The rest is the circuit breaker of deliveries: after repeated failures nothing is tried before ``retry_at``.
    """

    name = models.CharField(max_length=260, unique=True)
    blocked = models.BooleanField(_("blocked"), default=False)
    admitted = models.BooleanField(_("admitted"), default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="failures in a row")
    failing_since = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="the circuit is open until then")
    last_seen_at = models.DateTimeField(null=True, blank=True, help_text="last time it answered a delivery")
    first_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("remote host")

    def __str__(self) -> str:
        return self.name
