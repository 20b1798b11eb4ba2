"""Counts the stalls each hour."""

from datetime import timedelta

from django_tasks import task

from core.contract import Schedule
from tiwizi_stalls.models import Stall


@task()
def count() -> int:
    return Stall.objects.count()


schedules = [Schedule("stalls.count", count, timedelta(hours=1))]
