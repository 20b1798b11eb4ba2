"""Loads an instance's first data; on in the demo profile only."""

from django.apps import AppConfig


class Demo(AppConfig):
    """Sample content of the two demonstration instances."""

    name = "sites.demo"
    label = "demo"
