"""Events as calendar files."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from icalendar import Calendar, Event

from core.conf import absolute, instance
from core.models import EventPage

UNKNOWN_LENGTH = timedelta(hours=2)


def calendar_file(event: EventPage) -> bytes:
    """One event in iCalendar (RFC 5545), in UTC; without an end it is given two hours."""
    entry = Event()
    entry.add("uid", f"{event.translation_key}@{instance().domain}")
    entry.add("dtstamp", event.last_published_at or timezone.now())
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at or event.starts_at + UNKNOWN_LENGTH)
    entry.add("summary", event.title)
    if event.place:
        entry.add("location", event.place)
    if event.summary:
        entry.add("description", event.summary)
    entry.add("url", absolute(event.get_absolute_url()))
    calendar = Calendar()
    calendar.add("prodid", f"-//Tiwizi//{instance().slug}//")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
