"""Editorial pages under one address in every language, the announcements' feed and the events' calendar file."""

from __future__ import annotations

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail import hooks

from core.conf import absolute, instance
from core.domain import pages
from core.domain.calendar import calendar_file
from core.models import AnnouncementPage, EventPage


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page at an address; one that exists only in another language is read in that one, and says so."""
    if not path.endswith("/") and settings.APPEND_SLASH:
        return HttpResponseRedirect(f"{request.path}/")
    page = pages.at_path(path, get_language() or settings.LANGUAGE_CODE)
    if page is None:
        raise Http404
    own = pages.translation_in(page, get_language() or settings.LANGUAGE_CODE)
    if own is not None and own.pk != page.pk:
        return HttpResponseRedirect(pages.address(own, get_language() or settings.LANGUAGE_CODE))
    for hook in hooks.get_hooks("before_serve_page"):
        answer = hook(page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return page.serve(request)


def event_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """An event as a file that calendars open."""
    event = get_object_or_404(EventPage.objects.live().public(), pk=pk)
    response = HttpResponse(calendar_file(event), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="event-{event.pk}.ics"'
    return response


class AnnouncementFeed(Feed):
    """The newest announcements of the instance, each in the reader's language or the nearest it has."""

    feed_type = Rss201rev2Feed

    def title(self) -> str:
        return f"{instance().text(instance().title, get_language() or 'fr')} · {_('Announcements')}"

    def description(self) -> str:
        return instance().text(instance().tagline, get_language() or "fr")

    def link(self) -> str:
        return absolute(f"/{get_language()}/announcements/")

    def items(self) -> list[AnnouncementPage]:
        return pages.latest(announcements(), 20)

    def item_title(self, item: AnnouncementPage) -> str:
        return item.title

    def item_description(self, item: AnnouncementPage) -> str:
        return item.summary

    def item_link(self, item: AnnouncementPage) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: AnnouncementPage) -> str:
        return f"{instance().domain}:{item.translation_key}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: AnnouncementPage) -> object:
        return item.first_published_at


def announcements() -> QuerySet[AnnouncementPage]:
    """Live announcements anyone may read."""
    return AnnouncementPage.objects.live().public()
