"""Our actors' keys: made once, sealed at rest, replaced by a command."""

from __future__ import annotations

from io import StringIO

import pytest
from activitypub.core.models import Reference, SecV1Context
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management import CommandError, call_command
from django.db import connection

from plugins.federation.domain import keys

pytestmark = pytest.mark.django_db
ACTOR = "http://127.0.0.1:8001/ap/instance"


def test_a_key_is_made_once_and_signs_for_its_actor():
    public = keys.ensure(ACTOR)
    assert public.key_id == f"{ACTOR}#main-key"
    assert keys.ensure(ACTOR) == public
    signer = keys.signer(ACTOR)
    assert signer.key_id == public.key_id
    assert signer.private_key.public_key() == load_pem_public_key(public.pem.encode())


def test_the_toolkit_knows_the_key_as_a_local_one():
    keys.ensure(ACTOR)
    row = SecV1Context.objects.get(reference__uri=f"{ACTOR}#main-key")
    assert row.reference.is_local
    assert [owner.uri for owner in row.owner.all()] == [ACTOR]


def test_no_private_key_is_readable_in_the_database():
    """D20: a copy of the database signs nothing."""
    keys.ensure(ACTOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key_pem FROM activitypub_secv1context")
        (stored,) = cursor.fetchone()
    assert "PRIVATE" not in stored
    assert stored.startswith("gAAAA")


def test_other_hosts_actors_get_no_key():
    with pytest.raises(keys.NotOurs):
        keys.ensure("https://a.example/users/eve")
    assert not Reference.objects.filter(uri__contains="a.example").exists()


def test_reading_a_key_costs_one_query(django_assert_num_queries):
    keys.signer(ACTOR)
    with django_assert_num_queries(1):
        keys.signer(ACTOR)


def test_the_command_replaces_keys_under_the_same_id():
    before, old = keys.ensure(ACTOR), keys.signer(ACTOR)
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert ACTOR in out.getvalue()
    after = keys.ensure(ACTOR)
    assert after.key_id == before.key_id
    assert after.pem != before.pem
    assert keys.signer(ACTOR).private_key != old.private_key
    with pytest.raises(CommandError):
        call_command("rotate_keys", actor="http://127.0.0.1:8001/ap/nobody")


def test_keys_survive_a_change_of_the_secret_and_can_be_sealed_anew(settings):
    public = keys.ensure(ACTOR)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret, of the next year"
    keys._load.cache_clear()
    assert keys.signer(ACTOR)
    call_command("rotate_keys", "--reseal", stdout=StringIO())
    settings.SECRET_KEY_FALLBACKS = []
    keys._load.cache_clear()
    assert keys.signer(ACTOR)
    assert keys.ensure(ACTOR) == public


def test_a_lost_secret_is_said_plainly(settings):
    keys.ensure(ACTOR)
    settings.SECRET_KEY = "a secret that sealed nothing"
    keys._load.cache_clear()
    with pytest.raises(keys.SealBroken):
        keys.signer(ACTOR)
    with pytest.raises(CommandError):
        call_command("rotate_keys", "--reseal", stdout=StringIO())
