"""The instance as a Django app: its theme and its first data."""

from django.apps import AppConfig


class Argenteuil(AppConfig):
    """Labelled by the site; ``sites`` itself is never an app."""

    name = "sites.argenteuil"
    label = "argenteuil"
