"""What is read: Wagtail pages, one per language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from core.models.subjects import SubjectModel


class HomePage(Page):
    """The root of one language; the home view shows what lives, this holds only the welcome."""

    welcome = RichTextField(blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("welcome")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count_per_parent = 10

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from core.views.home import home

        return home(request)


class SectionPage(Page):
    """A list of the pages below it: announcements, events, capitalisation sheets, standing pages."""

    intro = RichTextField(blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    template = "core/section_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from core.domain.pages import children

        return {**super().get_context(request, *args, **kwargs), **children(self, request)}


class ProjectIndexPage(Page):
    """Keeps the project pages of one language together; the list itself is a view over projects."""

    parent_page_types: ClassVar[list[str]] = ["core.HomePage"]
    subpage_types: ClassVar[list[str]] = ["core.ProjectPage"]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from core.views.projects import project_list

        return project_list(request)


class ProjectPage(Page):
    """The texts of a project in one language. Its URL is the project's: readers never meet the page tree."""

    project = models.ForeignKey("core.Project", on_delete=models.PROTECT, related_name="pages")
    summary = models.TextField(_("in one sentence"), max_length=300, blank=True)
    story = RichTextField(_("story"), blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("summary"), FieldPanel("story")]
    parent_page_types: ClassVar[list[str]] = ["core.ProjectIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        with translation.override(self.locale.language_code):
            return parts[0], parts[1], reverse("project", args=[self.project.slug])

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from core.views.projects import project_detail

        return project_detail(request, slug=self.project.slug)


class EditorialPage(Page):
    """What announcements, events and sheets share: a territory, an organisation and perhaps a project."""

    territory = models.ForeignKey(
        "core.Territory", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "core.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    project = models.ForeignKey(
        "core.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author = models.ForeignKey(
        "core.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    summary = models.TextField(_("in one sentence"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from core.domain.pages import language_notice

        context = super().get_context(request, *args, **kwargs)
        return {**context, "section": self.get_parent(), "unread_language": language_notice(self)}


class PageSubject(SubjectModel):
    """A page as a subject: all its translations share one discussion, by their translation key."""

    subject_key_field = "translation_key"

    @property
    def subject_title(self) -> str:
        return self.title  # type: ignore[attr-defined]

    @property
    def subject_project(self) -> Any:
        return self.project  # type: ignore[attr-defined]

    @property
    def subject_owner(self) -> Any:
        return self.organisation  # type: ignore[attr-defined]

    @property
    def subject_author(self) -> Any:
        return self.author  # type: ignore[attr-defined]

    @property
    def is_public(self) -> bool:
        return bool(self.live)  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        """Its address in the active language; a text that is only in another one is served there and says so."""
        language = translation.get_language() or "fr"
        return f"/{language}/{self.url_path.split('/', 2)[2]}"  # type: ignore[attr-defined]


EDITORIAL_PANELS = [FieldPanel(name) for name in ("summary", "territory", "organisation", "project")]


class AnnouncementPage(PageSubject, EditorialPage):
    """A call, an opportunity, a piece of news, which expires (Wagtail's ``expire_at``)."""

    subject_type = "core.announcement"

    body = RichTextField(_("text"), blank=True)

    template = "core/announcement_page.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, *EDITORIAL_PANELS, FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["core.SectionPage"]
    subpage_types: ClassVar[list[str]] = []


class EventPage(PageSubject, EditorialPage):
    """Something that happens at a place and a time."""

    subject_type = "core.event"

    body = RichTextField(_("text"), blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)

    template = "core/event_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        *EDITORIAL_PANELS,
        FieldPanel("starts_at"),
        FieldPanel("ends_at"),
        FieldPanel("place"),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["core.SectionPage"]
    subpage_types: ClassVar[list[str]] = []


class CapitalisationSheetPage(PageSubject, EditorialPage):
    """What a project taught, in the nine chapters of the programme's sheets."""

    subject_type = "core.sheet"

    CHAPTERS: ClassVar[tuple[tuple[str, Any], ...]] = (
        ("context", _("Context")),
        ("actors", _("Actors and roles")),
        ("approach", _("Approach")),
        ("results", _("Results")),
        ("success_factors", _("What made it work")),
        ("difficulties", _("Difficulties")),
        ("lessons", _("Lessons")),
        ("diaspora_value", _("What the diaspora added")),
        ("territory_voice", _("The territory's voice")),
    )
    context = RichTextField(_("Context"), blank=True)
    actors = RichTextField(_("Actors and roles"), blank=True)
    approach = RichTextField(_("Approach"), blank=True)
    results = RichTextField(_("Results"), blank=True)
    success_factors = RichTextField(_("What made it work"), blank=True)
    difficulties = RichTextField(_("Difficulties"), blank=True)
    lessons = RichTextField(_("Lessons"), blank=True)
    diaspora_value = RichTextField(_("What the diaspora added"), blank=True)
    territory_voice = RichTextField(_("The territory's voice"), blank=True)

    template = "core/capitalisation_sheet_page.html"
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        *EDITORIAL_PANELS,
        *[FieldPanel(name) for name, _label in CHAPTERS],
    ]
    parent_page_types: ClassVar[list[str]] = ["core.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    @property
    def chapters(self) -> list[tuple[str, str]]:
        """Title and text of the chapters that have one."""
        return [(label, getattr(self, name)) for name, label in self.CHAPTERS if getattr(self, name)]


class StandingPage(Page):
    """How it works, legal notice, the charter's page: rarely changed."""

    body = RichTextField(_("text"), blank=True)

    template = "core/standing_page.html"
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("body")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from core.domain.pages import language_notice

        return {**super().get_context(request, *args, **kwargs), "unread_language": language_notice(self)}
