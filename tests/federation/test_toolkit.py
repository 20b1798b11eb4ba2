"""The toolkit is tamed: its handlers, its opener, its contexts, its tasks and its views."""

from __future__ import annotations

import urllib.request

import pytest
from activitypub.core import handlers as stock
from activitypub.core import signals
from activitypub.core import tasks as stock_tasks
from activitypub.core.models import Domain, LinkedDataDocument, Notification, Reference
from activitypub.core.settings import app_settings
from activitypub.core.views import ActivityPubObjectDetailView
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_save
from django.urls import include, path

from plugins.federation import checks, toolkit
from plugins.federation.celery_shim import StockTaskRefused
from plugins.federation.domain import contexts


def test_every_handler_we_replace_is_off():
    left = {
        receiver[1]()
        for signal in (signals.document_loaded, signals.notification_accepted)
        for receiver in signal.receivers
    }
    left |= {receiver[1]() for receiver in post_save.receivers}
    for _signal, handler, _sender in toolkit.handlers():
        assert handler not in left


def test_a_handler_that_is_not_where_it_was_stops_the_start():
    with pytest.raises(ImproperlyConfigured, match="read its handlers anew"):
        toolkit.disconnect_handlers()


def test_the_process_keeps_its_own_urllib_opener():
    assert urllib.request._opener is None or not any(
        type(handler).__module__.startswith("activitypub") for handler in urllib.request._opener.handlers
    )


def test_both_linked_data_libraries_read_bundled_contexts_only(monkeypatch):
    """D20: a context is never fetched, not even from a file."""
    from pyld import jsonld
    from rdflib import Graph
    from rdflib.parser import PythonInputSource

    def fail(*args, **kwargs):
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", fail)
    monkeypatch.setattr("urllib.request.urlopen", fail)
    document = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://gotosocial.org/ns",
            "file:///dev/zero",
        ],
        "id": "https://a.example/1",
        "type": "Note",
        "content": "azul",
    }
    (expanded,) = jsonld.expand(document)
    assert expanded["https://www.w3.org/ns/activitystreams#content"] == [{"@value": "azul"}]
    graph = Graph().parse(PythonInputSource(document, document["id"]), format="json-ld")
    assert "azul" in {str(value) for value in graph.objects()}


def test_unknown_contexts_are_empty():
    assert contexts.bundled("https://evil.example/context") == {"@context": {}}
    assert "Create" in contexts.bundled("https://www.w3.org/ns/activitystreams")["@context"]


@pytest.mark.parametrize(
    "task",
    [stock_tasks.send_notification, stock_tasks.post_activity, stock_tasks.process_incoming_notification],
)
def test_the_toolkits_tasks_are_refused(task):
    with pytest.raises(StockTaskRefused):
        task.delay(1)


def test_saving_its_rows_sends_and_applies_nothing(db, monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError("something was sent")

    monkeypatch.setattr("requests.sessions.Session.request", fail)
    Domain.get_default()
    ours, theirs = (
        Reference.make("http://127.0.0.1:8001/ap/instance"),
        Reference.make("https://a.example/eve"),
    )
    Notification.objects.create(sender=ours, target=theirs, resource=ours)
    document = LinkedDataDocument.objects.create(reference=theirs, data={"id": theirs.uri})
    signals.document_loaded.send(sender=LinkedDataDocument, document=document)
    assert stock.on_notification_created_send_to_target


def test_we_are_who_the_toolkit_thinks_we_are(db, settings):
    assert app_settings.Instance.default_url == settings.INSTANCE.base_url
    assert Domain.get_default().netloc == settings.INSTANCE.domain


def test_the_installed_version_is_the_one_we_tamed(monkeypatch):
    assert checks.toolkit_is_pinned(None) == []
    monkeypatch.setattr(checks, "version", lambda name: "0.3.0")
    (error,) = checks.toolkit_is_pinned(None)
    assert error.id == "federation.E001"


def test_no_address_leads_to_a_stock_view():
    assert checks.no_stock_view(None) == []


def test_a_stock_view_or_a_subclass_of_one_is_found_wherever_it_is_mounted():
    class Ours(ActivityPubObjectDetailView):
        """A subclass is the stock inbox all the same."""

    patterns = [
        path("ap/", include([path("x", ActivityPubObjectDetailView.as_view()), path("y", Ours.as_view())]))
    ]
    assert [address for address, _view in checks.stock_views(patterns)] == ["ap/x", "ap/y"]
