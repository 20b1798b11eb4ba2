"""What the tests of federation share."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection

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
    """Number of rows of every table of the database, whoever owns it."""
    quote = connection.ops.quote_name
    counts = [
        f"SELECT '{name}', COUNT(*) FROM {quote(name)}" for name in connection.introspection.table_names()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


@pytest.fixture
def no_trace(ours, django_capture_on_commit_callbacks):
    """Asserts at the end that nothing was stored, queued or mailed."""
    before = census()
    with django_capture_on_commit_callbacks() as queued:
        yield
    assert census() == before, "something was stored"
    assert queued == [], "work was queued"
    assert mail.outbox == [], "mail was sent"


@pytest.fixture
def web(monkeypatch):
    """Documents of other hosts by address, instead of a network; ``web.asked`` lists what was fetched."""
    from plugins.federation.domain import backfill, lookups, processing, remote
    from plugins.federation.domain.fetching import NotFound

    class Web(dict):
        asked: list[str] = []

    pages = Web()
    pages.asked = []

    def fetch(url, **options):
        pages.asked.append(url)
        if url not in pages:
            raise NotFound(url)
        return pages[url]

    for module in (backfill, lookups, processing, remote):
        for name in ("fetch_json", "fetch_object"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, fetch)
    return pages


@pytest.fixture
def there(web):
    """Argenteuil answers."""
    from tests.federation.factories import THERE, actor_document

    web[f"{THERE}/"] = web[f"{THERE}/ap/instance"] = actor_document()
    return web
