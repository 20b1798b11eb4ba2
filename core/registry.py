"""Reads the resource files of the plug-ins that are on, and answers who contributes what."""

from __future__ import annotations

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet

from core.contract import (
    RESOURCES,
    Figure,
    Mapping,
    MenuItem,
    Notification,
    Panel,
    PersonalData,
    Plugin,
    Schedule,
    Subject,
    SubjectRef,
    Verb,
)
from core.prepared import Prepared, prepared

T = TypeVar("T")
QUICK = 20
"""How many objects of a type a page usually names at most."""
EXPECTED: dict[str, type | tuple[type, ...]] = {
    "verbs": Verb,
    "subjects": Subject,
    "panels": Panel,
    "menu": MenuItem,
    "notifications": Notification,
    "figures": Figure,
    "mappings": Mapping,
    "schedules": Schedule,
    "personal_data": PersonalData,
    "routes": tuple,
}


class Registry:
    """The resources of all plug-ins that are on, in the order the site names them."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[str, list[Any]]] = defaultdict(dict)

    def load(self, plugin: Plugin) -> None:
        """Import each resource file that exists and keep its list; a broken file raises."""
        for module_name, list_name in RESOURCES.items():
            path = f"{plugin.name}.{module_name}"
            if importlib.util.find_spec(path) is None:
                continue
            module = importlib.import_module(path)
            if not hasattr(module, list_name):
                if module_name in {"api", "federation"} and hasattr(module, "__path__"):
                    continue
                raise ImproperlyConfigured(f"{path} must hold a list named `{list_name}`.")
            items = list(getattr(module, list_name))
            for item in items:
                if not isinstance(item, EXPECTED[list_name]):
                    raise ImproperlyConfigured(
                        f"{path}.{list_name} holds {item!r}, which is not what the contract asks."
                    )
            self._lists[list_name][plugin.label] = items
        self.__dict__.pop("_index", None)

    def unload(self, label: str) -> None:
        """Forget a plug-in's resources (tests of the contract)."""
        for by_label in self._lists.values():
            by_label.pop(label, None)
        self.__dict__.pop("_index", None)

    def _all(self, list_name: str) -> Iterator[Any]:
        for items in self._lists[list_name].values():
            yield from items

    def plugins(self) -> list[Plugin]:
        """AppConfigs of the plug-ins that are on, core excluded."""
        return [
            config
            for config in apps.get_app_configs()
            if isinstance(config, Plugin) and config.label != "core"
        ]

    @property
    def index(self) -> dict[str, dict[Any, Any]]:
        """Lookups derived once: subjects by type and model, verbs by name, panels by (slot, type)."""
        if "_index" not in self.__dict__:
            panels: dict[tuple[str, str], list[Panel]] = defaultdict(list)
            for panel in sorted(self._all("panels"), key=lambda panel: panel.order):
                panels[panel.slot, panel.subject].append(panel)
            notifications: dict[str, list[Notification]] = defaultdict(list)
            for notification in self._all("notifications"):
                notifications[notification.verb].append(notification)
            self.__dict__["_index"] = {
                "types": {subject.type: subject for subject in self._all("subjects")},
                "models": {subject.model: subject for subject in self._all("subjects")},
                "verbs": {verb.name: verb for verb in self._all("verbs")},
                "panels": panels,
                "notifications": notifications,
            }
        return self.__dict__["_index"]

    def subjects(self) -> list[Subject]:
        return list(self._all("subjects"))

    def subject(self, type_or_model: str | type[Model]) -> Subject | None:
        """The Subject of a type or model, or None when the plug-in that owned it is off."""
        return self.index["types" if isinstance(type_or_model, str) else "models"].get(type_or_model)

    def verb(self, name: str) -> Verb | None:
        return self.index["verbs"].get(name)

    def verbs(self) -> list[Verb]:
        return list(self._all("verbs"))

    def panels(self, slot: str, subject_type: str) -> list[Panel]:
        """Panels of a slot in order; those for ``"*"`` stand on every subject that can be discussed."""
        found: list[Panel] = self.index["panels"][slot, subject_type]
        subject = self.index["types"].get(subject_type)
        if subject is not None and subject.discuss:
            found = sorted([*found, *self.index["panels"][slot, "*"]], key=lambda panel: panel.order)
        return found

    def notifications(self, verb: str) -> list[Notification]:
        return self.index["notifications"].get(verb, [])

    def menu(self) -> list[MenuItem]:
        return sorted(self._all("menu"), key=lambda item: item.order)

    def figures(self) -> list[Figure]:
        return list(self._all("figures"))

    def mappings(self) -> list[Mapping]:
        return list(self._all("mappings"))

    def schedules(self) -> list[Schedule]:
        return list(self._all("schedules"))

    def personal_data(self) -> list[PersonalData]:
        return list(self._all("personal_data"))

    def routes(self) -> list[tuple[str, str, Any]]:
        """(label, prefix, viewset) for the DRF router."""
        return [(label, *route) for label, routes in self._lists["routes"].items() for route in routes]

    def resolve(self, refs: Iterable[SubjectRef]) -> dict[SubjectRef, Any]:
        """Objects behind references, one query per type; those gone or of a plug-in that is off are absent."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for ref in refs:
            if "\x00" not in ref.key:  # PostgreSQL has no such text
                wanted[ref.type].add(ref.key)
        found: dict[SubjectRef, Any] = {}
        for type_, keys in wanted.items():
            subject = self.subject(type_)
            if subject is None:
                continue
            rows = rows_of(subject, keys)
            found.update({SubjectRef(type_, str(getattr(row, subject.key))): row for row in rows})
        return found


@lru_cache(maxsize=64)
def reader(model: type[Model], key: str, related: tuple[str, ...]) -> Callable[..., QuerySet[Any]]:
    """A function from keys to the rows of a model that have them."""

    def rows(*keys: str) -> QuerySet[Any]:
        found = model._default_manager.filter(**{f"{key}__in": keys})
        return found.select_related(*related) if related else found

    return rows


@lru_cache(maxsize=64)
def quick_reader(model: type[Model], key: str, related: tuple[str, ...]) -> Prepared[Any]:
    """The same, with its SQL made once for each number of keys."""
    return prepared(reader(model, key, related))


def rows_of(subject: Subject, keys: Collection[str]) -> Iterable[Any]:
    """The rows of a type behind some keys; one query."""
    asked = (subject.model, subject.key, subject.select_related)
    if len(keys) > QUICK or any(field.name == "locale" for field in subject.model._meta.concrete_fields):
        return nearest_last(reader(*asked)(*keys))
    return quick_reader(*asked)(*keys)


def nearest_last(rows: QuerySet[Any]) -> Iterable[Any]:
    """Rows so that of several with one key, the translations of a page, the reader's language stays."""
    if not any(field.name == "locale" for field in rows.model._meta.concrete_fields):
        return rows
    from core.models.languages import order

    wanted = order()
    ranks = {code: len(wanted) - place for place, code in enumerate(wanted)}
    # A live translation before a nearer one that is a draft.
    return sorted(
        rows.select_related("locale"), key=lambda row: (row.is_public, ranks.get(row.locale.language_code, 0))
    )


registry = Registry()
