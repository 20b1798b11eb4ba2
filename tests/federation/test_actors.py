"""Documents of our actors: what other servers read, what they must not see, what a browser gets."""

import pytest
from django.test import Client

from core.models import Organisation
from plugins.federation.domain import actors
from plugins.federation.models import SharedObject
from tests.factories import OrganisationFactory, PersonFactory, ProjectFactory
from tests.federation.factories import ELSEWHERE, follower, person_there, remote_actor, share_all
from tests.federation.test_outbound import published

pytestmark = pytest.mark.django_db
AS2 = {"HTTP_ACCEPT": "application/activity+json"}
HTML = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8"}
BASE = "http://127.0.0.1:8001"


def test_instance_actor_has_what_followers_need(client: Client):
    """J6: the instance can be followed: inbox, outbox, key, shared inbox."""
    response = client.get("/ap/instance", **AS2)
    found = response.json()
    assert response["Content-Type"] == "application/activity+json"
    assert found["id"] == f"{BASE}/ap/instance"
    assert found["type"] == "Application"
    assert found["preferredUsername"] == "tiznit"
    assert found["nameMap"]["ar"] == "تيويزي تجربة"
    assert found["inbox"] == f"{BASE}/ap/instance/inbox"
    assert found["endpoints"]["sharedInbox"] == f"{BASE}/ap/inbox"
    assert found["manuallyApprovesFollowers"] is True
    assert found["publicKey"]["owner"] == found["id"]
    assert found["publicKey"]["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")
    assert "PRIVATE" not in response.content.decode()


def test_root_is_the_actor_for_servers_and_the_home_for_browsers(client: Client):
    """``GET /`` with an ActivityPub Accept gives the instance's actor."""
    assert client.get("/", **AS2).json()["id"] == f"{BASE}/ap/instance"
    ld = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    assert client.get("/", HTTP_ACCEPT=ld).json()["type"] == "Application"
    page = client.get("/", **HTML)
    assert (page.status_code, page["Location"]) == (302, "/fr/")
    assert client.get("/", **HTML, HTTP_ACCEPT_LANGUAGE="ar")["Location"] == "/ar/"
    assert "Accept" in page["Vary"]


def test_organisation_actor_and_its_page(client: Client):
    """An organisation is an actor; a browser on its id is sent to its page, a server on its page to its id."""
    organisation = OrganisationFactory(name="Les eaux", name_ar="المياه")
    address = f"/ap/organisation/{organisation.uid}"
    found = client.get(address, **AS2).json()
    assert (found["type"], found["preferredUsername"]) == ("Organization", organisation.slug)
    assert found["nameMap"] == {"fr": "Les eaux", "ar": "المياه"}
    page = client.get(address, **HTML)
    assert page.status_code == 302
    assert page["Location"].endswith(f"/organisations/{organisation.slug}/")
    back = client.get(f"/ar/organisations/{organisation.slug}/", **AS2)
    assert (back.status_code, back["Location"]) == (303, f"{BASE}{address}")
    assert "Accept" in back["Vary"]
    Organisation.objects.update(status=Organisation.Status.CANDIDATE)
    assert client.get(address, **AS2).status_code == 404
    assert client.get(f"/ar/organisations/{organisation.slug}/", **AS2).status_code == 404


def test_person_is_an_actor_only_after_posting_and_shows_no_address(client: Client):
    """A person who never posted in public is nobody to other servers; afterwards a name, never an e-mail."""
    person = PersonFactory(email="secret@tiwizi.example", name="Mina")
    address = f"/ap/person/{person.uid}"
    assert client.get(address, **AS2).status_code == 404
    row = SharedObject.objects.create(
        subject_type="forum.post", subject_key="x", actor_uri=actors.uri_of(person)
    )
    response = client.get(address, **AS2)
    assert response.json()["name"] == "Mina"
    assert response.json()["preferredUsername"] == person.uid
    assert "secret" not in response.content.decode()
    assert "email" not in response.content.decode()
    row.withdrawn_at = row.shared_at
    row.save()
    assert client.get(address, **AS2).status_code == 404


def test_project_page_leads_servers_to_its_id_and_browsers_back(client: Client, tree):
    """One address each way: 303 to the id, a redirect to the page, Vary on both."""
    project = published()
    address = f"/ap/object/core.project/{project.uid}"
    to_id = client.get(f"/ar/projects/{project.slug}/", **AS2)
    assert (to_id.status_code, to_id["Location"]) == (303, BASE + address)
    to_page = client.get(address, **HTML, HTTP_ACCEPT_LANGUAGE="ar")
    assert to_page["Location"] == f"/ar/projects/{project.slug}/"
    assert "Accept" in to_page["Vary"]
    page = client.get(f"/ar/projects/{project.slug}/", **HTML)
    assert page.status_code == 200
    assert "Accept" in page["Vary"]
    assert client.get("/ar/", **AS2)["Location"] == f"{BASE}/ap/instance"


@pytest.mark.parametrize(
    "path", ["/fr/projects/", "/fr/projects/nothing/", "/fr/federation/peers/", "/fr/x/y/"]
)
def test_pages_without_an_id_stay_pages(client: Client, tree, path: str):
    """A list or a missing page has no id to lead to."""
    assert client.get(path, **AS2).status_code in (200, 404)


def test_followers_are_counted_and_only_instances_named(client: Client):
    """Single readers of the social web are not listed for everyone."""
    follower(remote_actor())
    follower(person_there("Reader", host=ELSEWHERE))
    box = client.get("/ap/instance/followers", **AS2).json()
    assert box["totalItems"] == 2
    page = client.get(box["first"], **AS2).json()
    assert page["orderedItems"] == ["https://argenteuil.example/ap/instance"]


def test_outbox_pages_by_keyset(client: Client, tree):
    """All items are reachable, each once, however many pages there are."""
    wanted = {f"{BASE}/ap/object/core.project/{published().uid}" for _number in range(45)}
    share_all()
    address, seen = "/ap/instance/outbox?page=1", []
    pages = 0
    while address:
        page = client.get(address, **AS2).json()
        pages += 1
        seen += [item["object"]["object"]["id"] for item in page["orderedItems"]]
        address = page.get("next")
    assert pages == 3
    assert len(seen) == 45
    assert set(seen) == wanted
    assert client.get("/ap/instance/outbox", **AS2).json()["totalItems"] == 45


@pytest.mark.parametrize("before", ["x", "-1", "1e3", "99999999999999999999", "١"])
def test_outbox_refuses_other_places(client: Client, before: str):
    """Bad input is a 400 with a sentence."""
    response = client.get("/ap/instance/outbox", {"before": before}, **AS2)
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize("path", ["/ap/instance/outbox?page=1", "/ap/instance/followers?page=1"])
def test_collections_cost_the_same_with_one_and_three(client, tree, path, django_assert_num_queries):
    """Queries do not grow with the number of items."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def fill(number: int) -> None:
        published()
        follower(remote_actor(f"https://n{number}.example/ap/instance"))
        share_all()

    fill(1)
    client.get(path, **AS2)
    with CaptureQueriesContext(connection) as with_one:
        client.get(path, **AS2)
    fill(2), fill(3)
    with django_assert_num_queries(len(with_one)):
        assert len(client.get(path, **AS2).json()["orderedItems"]) == 3


def test_actor_documents_cost_few_queries(client, django_assert_max_num_queries):
    """An actor is read often: its row and its key."""
    organisation = OrganisationFactory()
    client.get(f"/ap/organisation/{organisation.uid}", **AS2)
    with django_assert_max_num_queries(4):
        client.get(f"/ap/organisation/{organisation.uid}", **AS2)


def test_addresses_lead_back_to_their_actor(db):
    """An id resolves to its owner and to nobody else's."""
    organisation = OrganisationFactory()
    uri = actors.uri_of(organisation)
    assert actors.local(uri).owner == organisation
    assert actors.local(actors.instance_uri()).kind == "instance"
    for other in (
        uri + "x",
        uri + "/inbox",
        uri.replace("127.0.0.1", "127.0.0.2"),
        "https://x.example/ap/instance",
        "",
    ):
        assert actors.local(other) is None
    assert actors.ref_of(f"{BASE}/ap/object/core.project/abc") == ("core.project", "abc")
    assert actors.ref_of(f"{BASE}/ap/object/core.project/abc/proposal") is None
    assert actors.ref_of("https://x.example/ap/object/core.project/abc") is None


def test_an_organisation_called_like_the_instance_keeps_its_own_handle(db):
    """Handles are unique: the instance's own wins."""
    organisation = OrganisationFactory(slug="tiznit")
    handle = actors.of(organisation).handle
    assert handle != "tiznit"
    assert actors.by_handle(handle).owner == organisation
    assert actors.by_handle("tiznit").kind == "instance"
    assert actors.by_handle("nobody") is None


def test_drafts_have_no_document(client: Client):
    """Only public things: a waiting project is a 404 for servers and browsers alike."""
    project = ProjectFactory(status="waiting")
    for accept in (AS2, HTML):
        assert client.get(f"/ap/object/core.project/{project.uid}", **accept).status_code == 404
