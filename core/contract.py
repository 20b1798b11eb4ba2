"""The plug-in contract: everything a plug-in may give to core, and the only module of core it must know.

A plug-in is a Django app whose ``AppConfig`` subclasses :class:`Plugin`. It contributes by files with fixed
names (:data:`RESOURCES`), each holding one list. An absent file means nothing to add; a broken file raises
at start. Core itself is read through the same door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.apps import AppConfig
from django.http import HttpRequest
from laces.components import Component

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from core.models import JournalEntry, Organisation, Person, Project

    ModelClass = type[Model]

VERSION = 1
"""Version of this contract; a plug-in names the one it was written for in ``Plugin.contract``."""

RESOURCES: dict[str, str] = {
    "verbs": "verbs",
    "subjects": "subjects",
    "panels": "panels",
    "menu": "menu",
    "notifications": "notifications",
    "figures": "figures",
    "federation": "mappings",
    "tasks": "schedules",
    "privacy": "personal_data",
    "api": "routes",
}
"""File name → name of the list it holds. ``urls.py`` and ``wagtail_hooks.py`` are read by Django and Wagtail."""


class SubjectRef(NamedTuple):
    """What a journal entry, a thread or a remote activity points to: a subject's type and stable key."""

    type: str
    key: str

    def __str__(self) -> str:
        return f"{self.type}:{self.key}"


@dataclass(frozen=True)
class Subject:
    """Something with a page, an owner and a URL, that people can discuss, follow, share and report.

    ``type`` is ``"<app label>.<name>"``; ``key`` the unique field other rows and other instances point to.
    The model implements :class:`core.models.subjects.SubjectModel`. ``hide`` and ``restore`` take the object
    and the acting person and are what moderation calls; without them a report can only be answered.
    """

    type: str
    model: ModelClass
    label: Any
    key: str = "uid"
    discuss: bool = False
    follow: bool = False
    share: bool = False
    select_related: tuple[str, ...] = ()
    hide: Callable[[Any, Person | None], None] | None = None
    restore: Callable[[Any, Person | None], None] | None = None


class Panel(Component):
    """A component shown in a slot of a subject's page: ``{% slot "main" subject %}``.

    ``subject`` is the type it stands on, ``"*"`` for every discussable subject, ``""`` for pages without one
    (slots ``home`` and ``account``). A panel gets the subject and the request, never the page's queryset. A failing panel is
    logged and shows nothing in production, and raises in tests.
    """

    subject: ClassVar[str] = "core.project"
    slot: ClassVar[str] = "main"
    order: ClassVar[int] = 100

    def shows(self, subject: Any, request: HttpRequest) -> bool:
        """Whether the panel has anything to show here; must cost no query."""
        return True


@dataclass(frozen=True)
class MenuItem:
    """An entry of the site menu: a lazy label and the name of the URL it leads to.

    ``door`` is a lazy verb ("Give") that puts the entry among the doors of the home page, ``hint`` what stands
    below it there ("from 1 €, without an account"). An entry with an empty ``label`` is only a door.
    """

    label: Any
    url_name: str
    order: int = 100
    door: Any = ""
    hint: Any = ""


@dataclass(frozen=True)
class Verb:
    """A thing that happens, written in the journal under ``name``.

    ``sentence`` is a lazy string formatted with the entry's facts plus ``actor`` and ``subject``; ``public``
    entries stand in the timeline of the subject and of its project. ``follow`` says whether followers of the
    subject are told of its public entries: no for what happens often and matters little.
    """

    name: str
    sentence: Any
    public: bool = True
    follow: bool = True


@dataclass(frozen=True)
class Notification:
    """Who is told of a verb, by e-mail and in the site's own list.

    ``recipients`` gets the journal entry and gives persons; ``template`` is a path without ending: core renders
    ``<template>.subject.txt`` and ``<template>.txt`` with ``entry``, ``person``, ``subject``, ``url`` and makes
    the HTML part from the text (a ``<template>.html`` may replace it). ``action`` labels the one main button, which
    leads to the subject, or to the path that ``url`` gives for the entry.
    """

    verb: str
    recipients: Callable[[JournalEntry], Iterable[Person]]
    template: str
    action: Any = None
    url: Callable[[JournalEntry], str] | None = None


@dataclass(frozen=True)
class Figure:
    """A number for dashboards, project headers, funders' reports and the API.

    ``compute`` gets a project, or None for the whole instance, and gives an int, a Money or a list of Money.
    """

    key: str
    label: Any
    compute: Callable[[Project | None], Any]


@dataclass(frozen=True)
class Text:
    """What a public object says in one language; ``content`` is washed HTML."""

    title: str = ""
    summary: str = ""
    content: str = ""


@dataclass(frozen=True)
class PublicObject:
    """A subject as other instances may see it: no ActivityPub term, only facts anyone may read.

    ``author`` is a Person, an Organisation or None (the instance itself). ``in_reply_to`` and ``context`` are
    subjects of ours; federation turns them into ids. ``extra`` holds JSON values under plain names.
    """

    subject: SubjectRef
    url: str
    texts: dict[str, Text]
    language: str
    published: datetime
    updated: datetime | None = None
    author: Person | Organisation | None = None
    in_reply_to: SubjectRef | None = None
    context: SubjectRef | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RemoteObject:
    """An object of another instance, already verified, with texts already washed.

    ``uri`` is its stable id and ``origin`` the scheme and host it came from; ``in_reply_to`` is resolved to a
    subject we hold (local or remote copy) or None.
    """

    uri: str
    type: str
    url: str
    origin: str
    origin_name: str
    author_uri: str
    author_name: str
    texts: dict[str, Text]
    language: str
    published: datetime
    updated: datetime | None = None
    in_reply_to: SubjectRef | None = None
    context: SubjectRef | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """How a subject travels: which journal verbs become which activities, and how it is read and received.

    ``verbs`` maps a verb to ``"Create"``, ``"Update"`` or ``"Delete"``. ``describe`` gives the public view of
    an object, or None when it must not leave. ``accepts`` says whether a remote object is one of these;
    ``receive`` stores or updates it (idempotent by uri) and gives its reference; ``remove`` withdraws it.
    Data only: no ActivityPub import.
    """

    subject: str
    object_type: str
    verbs: MappingType[str, str]
    describe: Callable[[Any], PublicObject | None]
    accepts: Callable[[RemoteObject], bool] | None = None
    receive: Callable[[RemoteObject], SubjectRef | None] | None = None
    remove: Callable[[SubjectRef, str], None] | None = None
    public: Callable[[], QuerySet[Any]] | None = None


@dataclass(frozen=True)
class Schedule:
    """Background work that repeats: the worker enqueues ``task`` when ``every`` has passed, once over all workers."""

    name: str
    task: Any
    every: timedelta


@dataclass(frozen=True)
class PersonalData:
    """A person's rows in one model: ``export`` gives JSON-ready dicts, ``erase`` removes or anonymises them."""

    label: str
    export: Callable[[Person], list[dict[str, Any]]]
    erase: Callable[[Person], object]


class Plugin(AppConfig):
    """Base of every plug-in's AppConfig.

    ``requires`` names other plug-ins that must be on (a system check); ``apps_needed`` the third-party Django apps
    it brings along. ``default`` is False here and True in
    each subclass: importing this class into an ``apps.py`` would otherwise make Django see two configs.
    """

    default = False
    default_auto_field = "django.db.models.BigAutoField"
    contract: ClassVar[int] = VERSION
    requires: ClassVar[tuple[str, ...]] = ()
    apps_needed: ClassVar[tuple[str, ...]] = ()
    middleware: ClassVar[tuple[str, ...]] = ()
    """Middleware it needs; it stands right after Django's security middleware, before any cache of pages."""
    title: ClassVar[Any] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        """Read the plug-in's resource files into the registry; models are loaded by now."""
        from core.registry import registry

        registry.load(self)
