"""WebFinger, NodeInfo, host-meta and our vocabulary."""

import pytest
from django.test import Client

from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    "resource",
    ["acct:tiznit@127.0.0.1:8001", "acct:@Tiznit@127.0.0.1:8001", f"{BASE}/ap/instance", f"{BASE}/", BASE],
)
def test_webfinger_finds_the_instance(client: Client, resource: str):
    """A handle, the actor's id and the instance's address all lead to the actor."""
    response = client.get("/.well-known/webfinger", {"resource": resource})
    assert response["Content-Type"] == "application/jrd+json"
    links = {link["rel"]: link["href"] for link in response.json()["links"]}
    assert links["self"] == f"{BASE}/ap/instance"
    assert response.json()["subject"] == "acct:tiznit@127.0.0.1:8001"


def test_webfinger_finds_organisations_and_hides_people(client: Client):
    """People who never posted cannot be probed, by e-mail least of all."""
    organisation, person = OrganisationFactory(), PersonFactory(email="a@127.0.0.1")
    found = client.get("/.well-known/webfinger", {"resource": f"acct:{organisation.slug}@127.0.0.1:8001"})
    assert found.json()["links"][0]["href"].endswith(organisation.uid)
    for resource in (
        f"acct:{person.uid}@127.0.0.1:8001",
        "acct:a@127.0.0.1",
        "acct:tiznit@other.example",
        "mailto:x@y",
    ):
        assert client.get("/.well-known/webfinger", {"resource": resource}).status_code == 404
    assert client.get("/.well-known/webfinger").status_code == 400


def test_nodeinfo_is_found_and_counts(client: Client):
    """NodeInfo 2.1 by its well-known link."""
    PersonFactory.create_batch(2)
    links = client.get("/.well-known/nodeinfo").json()["links"]
    address = next(link["href"] for link in links if link["rel"].endswith("/2.1"))
    found = client.get(address).json()
    assert (found["version"], found["software"]["name"]) == ("2.1", "tiwizi")
    assert found["protocols"] == ["activitypub"]
    assert found["usage"] == {"users": {"total": 2}, "localPosts": 0}
    assert client.get("/nodeinfo/9.9").status_code == 404


def test_host_meta_names_webfinger(client: Client):
    """RFC 6415 in XML."""
    response = client.get("/.well-known/host-meta")
    assert response["Content-Type"] == "application/xrd+xml"
    assert f"{BASE}/.well-known/webfinger?resource={{uri}}" in response.content.decode()


def test_vocabulary_is_served(client: Client):
    """Our terms are a JSON-LD context of our own namespace."""
    context = client.get("/ns").json()["@context"]
    assert context["tw"] == "https://tiwizi.example/ns#"
    assert context["stage"] == "tw:stage"


@pytest.mark.parametrize("path", ["/ap/instance", "/ap/instance/outbox", "/.well-known/webfinger", "/ns"])
def test_documents_are_read_only(client: Client, path: str):
    """Nothing but inboxes takes a post."""
    assert client.post(path).status_code == 405
