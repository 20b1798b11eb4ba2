"""Objects as other servers read them: languages kept, only public things, readable without our vocabulary."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from core.contract import Mapping, PublicObject, SubjectRef, Text
from core.domain import projects
from plugins.federation.domain import documents, outbound, proposals
from tests.factories import ThemeFactory
from tests.federation.factories import share_all
from tests.federation.test_outbound import published

pytestmark = pytest.mark.django_db
AS2 = {"HTTP_ACCEPT": "application/activity+json"}
BASE = "http://127.0.0.1:8001"
NOTE = Mapping("forum.post", "Note", {}, describe=lambda post: None)


def public_note(**fields) -> PublicObject:
    values = {
        "subject": SubjectRef("forum.post", "k"),
        "url": "/fr/x/",
        "texts": {"fr": Text("Titre", "Résumé", "<p>Bonjour</p>"), "ar": Text("عنوان", "", "<p>مرحبا</p>")},
        "language": "fr",
        "published": datetime(2026, 11, 20, 18, 1, 2, tzinfo=UTC),
        **fields,
    }
    return PublicObject(**values)


def test_project_keeps_every_language(client: Client, tree):
    """D11: texts in every language; each map also holds the single value, or its language would be lost elsewhere."""
    project = published()
    project.themes.add(ThemeFactory(slug="eau"))
    found = client.get(f"/ap/object/core.project/{project.uid}", **AS2).json()
    assert found["type"] == "Article"
    assert found["nameMap"] == {"fr": project.texts["fr"]["title"], "ar": project.texts["ar"]["title"]}
    assert found["contentMap"]["ar"] == "<p>الحكاية.</p>"
    for name in ("name", "summary", "content"):
        assert found[name] in found[f"{name}Map"].values()
    assert found["stage"] == "seeking"
    assert found["territory"] == project.territory.code
    assert found["themes"] == ["eau"]
    assert {"type": "Hashtag", "name": "#eau", "href": f"{BASE}/fr/projects/?theme=eau"} in found["tag"]
    assert found["attributedTo"].endswith(f"/ap/organisation/{project.owner.uid}")
    assert documents.PUBLIC in found["to"]
    assert not {"bto", "bcc"} & found.keys()


def test_project_names_its_doors_at_home(client: Client, tree):
    """J6: links to read, give, help and talk at the origin, in each language."""
    project = published()
    links = client.get(f"/ap/object/core.project/{project.uid}", **AS2).json()["links"]
    assert links["read"]["ar"] == f"{BASE}/ar/projects/{project.slug}/"
    assert set(links) == {"read", "give", "help", "talk"}
    assert all(set(door) == {"fr", "ar"} for door in links.values())


def test_addresses_do_not_depend_on_who_asks(client: Client, tree):
    """A reader's language changes nothing in a document."""
    project = published()
    address = f"/ap/object/core.project/{project.uid}"
    assert client.get(address, **AS2, HTTP_ACCEPT_LANGUAGE="ar").json() == client.get(address, **AS2).json()


def test_withdrawn_is_a_tombstone(client: Client, tree):
    """410 once withdrawn, for good; what never was out is a 404."""
    project = published()
    share_all()
    projects.withdraw(project, by=None)
    response = client.get(f"/ap/object/core.project/{project.uid}", **AS2)
    assert response.status_code == 410
    assert (response.json()["type"], response.json()["formerType"]) == ("Tombstone", "Article")
    assert project.texts["fr"]["title"] not in response.content.decode()
    assert client.get("/ap/object/core.project/nothing", **AS2).status_code == 404
    assert client.get("/ap/object/no.such/nothing", **AS2).status_code == 404


def test_note_has_neither_name_nor_summary():
    """Elsewhere they would become a content warning: the title stands in the content."""
    found = documents.of_object(NOTE, public_note(), actor_uri=f"{BASE}/ap/instance", ids={})
    assert not {"name", "nameMap", "summary", "summaryMap"} & found.keys()
    assert found["content"] == "<p><strong>Titre</strong></p><p>Bonjour</p>"
    assert found["contentMap"]["ar"] == "<p><strong>عنوان</strong></p><p>مرحبا</p>"


def test_titles_are_escaped_in_html():
    """A title is text; in a Note's content it must not become markup."""
    note = public_note(texts={"fr": Text("<script>x</script>", "", "<p>a</p>")})
    found = documents.of_object(NOTE, note, actor_uri=f"{BASE}/ap/instance", ids={})
    assert "<script" not in found["content"]


def test_facts_are_declared_and_cannot_shadow():
    """Every fact of a plug-in has its term in the inline context; names of the protocol are not theirs to take."""
    extra = {"number": 3, "attributedTo": "https://evil.example", "id": "x", "ripe": True}
    found = documents.of_object(NOTE, public_note(extra=extra), actor_uri=f"{BASE}/ap/instance", ids={})
    context = found["@context"][1]
    assert (found["number"], found["ripe"]) == (3, True)
    assert (context["number"], context["ripe"]) == ("tw:number", "tw:ripe")
    assert found["attributedTo"] == f"{BASE}/ap/instance"
    assert found["id"] == f"{BASE}/ap/object/forum.post/k"


def test_replies_name_what_they_answer():
    """Ids of what is answered: ours, or the origin's for what was received."""
    ref = SubjectRef("core.project", "abc")
    note = public_note(in_reply_to=ref, context=ref)
    found = documents.of_object(NOTE, note, actor_uri="x", ids={ref: "https://there.example/p/1"})
    assert found["inReplyTo"] == found["context"] == "https://there.example/p/1"


def test_proposal_stands_beside_its_note():
    """FEP-e232: a note anyone can show, linked to a proposal that ValueFlows understands; amounts as strings."""
    facts = {
        "name": "Collecte",
        "action": "transfer",
        "resource": "https://www.wikidata.org/wiki/Q4916",
        "unit": "EUR",
        "quantity": "20000.00",
        "available": "8000.00",
    }
    public = public_note(extra={"proposal": facts})
    found = documents.of_object(NOTE, public, actor_uri=f"{BASE}/ap/instance", ids={})
    (link,) = found["tag"]
    assert link["href"] == f"{found['id']}/proposal"
    assert link["rel"] == "https://tiwizi.example/ns#proposal"
    assert "proposal" not in found
    proposal = proposals.of_proposal(found, public)
    assert proposal["id"] == link["href"]
    assert proposal["purpose"] == "request"
    assert proposal["publishes"]["resourceQuantity"] == {"hasUnit": "EUR", "hasNumericalValue": "20000.00"}
    assert proposals.of_proposal(found, public_note()) is None


def test_campaigns_and_missions_propose_what_they_say():
    """A goal in money and wanted skills become proposals without the plug-ins knowing the vocabulary."""
    campaign = public_note(
        extra={
            "goal": {"minor": 2_000_000, "currency": "EUR"},
            "raised": {"minor": 1_200_050, "currency": "EUR"},
            "ends": "2026-12-31",
        }
    )
    found = documents.of_object(NOTE, campaign, actor_uri=f"{BASE}/ap/instance", ids={})
    proposal = proposals.of_proposal(found, campaign)
    assert proposal["publishes"]["availableQuantity"] == {"hasUnit": "EUR", "hasNumericalValue": "7999.50"}
    assert proposal["endTime"] == "2026-12-31T23:59:59Z"
    skill = "http://data.europa.eu/esco/skill/x"
    mission = public_note(extra={"skills": [skill], "hours": 16, "ends": None})
    found = documents.of_object(NOTE, mission, actor_uri=f"{BASE}/ap/instance", ids={})
    intent = proposals.of_proposal(found, mission)["publishes"]
    assert (intent["action"], intent["resourceConformsTo"]) == ("deliverService", skill)
    assert intent["resourceQuantity"] == {"hasUnit": "hour", "hasNumericalValue": "16"}


def test_activities_can_be_read_at_their_id(client: Client, tree):
    """An announced activity is fetched at its origin: Create while it stands, its tombstone afterwards."""
    project = published()
    ((create, _inboxes),) = [item for item in _delivered(project) if item[0]["type"] == "Create"]
    read = client.get(create["id"], **AS2).json()
    assert (read["type"], read["actor"]) == ("Create", create["actor"])
    assert read["object"]["id"] == create["object"]["id"]
    projects.withdraw(project, by=None)
    outbound.share_due()
    assert client.get(create["id"], **AS2).json()["object"]["type"] == "Tombstone"
    assert client.get("/ap/activity/01aaaaaaaaaaaaaaaaaaaaaaaa", **AS2).status_code == 404


def _delivered(project):
    from tests.federation.factories import follower

    follower()
    return share_all()
