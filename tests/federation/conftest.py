"""What the tests of federation share."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core import mail

from tests.federation.hostile import Peer


@pytest.fixture
def peer():
    """Another server on loopback."""
    server = Peer()
    yield server
    server.close()


@pytest.fixture
def stranger():
    """A second other server, under another name."""
    server = Peer("localhost")
    yield server
    server.close()


@pytest.fixture(autouse=True)
def forgetful():
    """No connection, count or key outlives a test."""
    from plugins.federation.domain import fetching, sending, signatures

    fetching.limit._seen.clear()
    yield
    for pool in (fetching.pool, sending.pool):
        pool.cache_clear()
    signatures.load_public.cache_clear()


@pytest.fixture
def ours(db):
    """Our own actor's key and domain exist already, so that counting rows sees only what strangers cause."""
    from plugins.federation.domain import actors, keys

    return keys.ensure(actors.instance_uri())


def census() -> dict[str, int]:
    """Number of rows of every model."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


@pytest.fixture
def no_trace(ours, monkeypatch):
    """Asserts at the end that nothing was stored, queued or mailed; give it what may have been fetched."""
    from plugins.federation import tasks

    woken: list[str] = []
    monkeypatch.setattr(type(tasks.process_inbox), "enqueue", lambda task, *a, **k: woken.append(task.func.__name__))
    before = census()
    yield
    assert census() == before, "something was stored"
    assert woken == [], "work was queued"
    assert mail.outbox == [], "mail was sent"
