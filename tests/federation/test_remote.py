"""Reading what other instances say: actors, texts in their languages, times, addresses; and finding them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import Project
from plugins.federation.domain import actors, backfill, lookups, remote
from plugins.federation.domain.fetching import FetchFailed
from plugins.federation.models import Backfill, RemoteActor
from tests.factories import PersonFactory
from tests.federation.factories import ELSEWHERE, THERE, actor_document, article, followed, remote_actor

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.django_db
def test_an_actor_is_kept_in_the_toolkits_rows():
    """Domain, reference, actor and endpoints: read back in one query, sent to by the shared inbox."""
    actor = remote_actor()
    assert actor.reference.domain.url == THERE
    assert (actor.kind, actor.title, actor.host) == ("Application", "Tiwizi Argenteuil", "argenteuil.example")
    assert remote.inbox_of(actor) == f"{THERE}/ap/inbox"
    assert actor.summary == "Vingt-cinq associations"
    again = remote_actor(name="Renommée")
    assert again.pk == actor.pk
    assert RemoteActor.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"type": "Note"},
        {"type": ["Person"]},
        {"inbox": ""},
        {"inbox": f"{ELSEWHERE}/inbox"},
        {"inbox": "http://127.0.0.1:8001/ap/inbox"},
        {"id": "http://127.0.0.1:8001/ap/instance"},
        {"id": ""},
    ],
)
def test_what_is_no_actor_is_not_kept(fields):
    """An inbox elsewhere would make us send to whom the actor names."""
    with pytest.raises(remote.NotReadable):
        remote.remember({**actor_document(), **fields})
    assert not RemoteActor.objects.exists()


@pytest.mark.django_db
def test_a_shared_inbox_elsewhere_is_not_used():
    """Only an inbox at the actor's own origin gets what is for it."""
    actor = remote_actor(endpoints={"sharedInbox": f"{ELSEWHERE}/inbox"})
    assert remote.inbox_of(actor) == f"{THERE}/ap/instance/inbox"


def test_texts_keep_each_language_of_the_map():
    """D11: never one arbitrary language; regions fold into their language."""
    found, language = remote.texts(
        {
            "name": "Eau",
            "nameMap": {"fr": "Eau", "ar-MA": "ماء", "not a language": "x"},
            "contentMap": {"zgh": "<p>ⴰⵎⴰⵏ</p>", "fr": "<p>a</p>"},
        }
    )
    assert language == "fr"
    assert set(found) == {"fr", "ar", "zgh"}
    assert found["ar"].title == "ماء"
    assert found["zgh"].content == "<p>ⴰⵎⴰⵏ</p>"


def test_texts_without_a_map_have_an_unknown_language():
    """A note from a server that says no language is kept, not guessed."""
    found, language = remote.texts({"content": "<p>Hallo</p>"})
    assert (language, found[language].content) == ("und", "<p>Hallo</p>")


@settings(max_examples=150, deadline=None)
@given(JSON, JSON, JSON)
def test_any_json_is_read_or_left_out(first, second, third):
    """Whatever stands in a document, reading it neither fails nor yields markup."""
    document = {
        "name": first, "nameMap": second, "content": third, "contentMap": first, "to": second, "published": third,
        "url": first,
    }  # fmt: skip
    found, _language = remote.texts(document)
    assert all("<script" not in text.content for text in found.values())
    assert remote.is_public(document) in (True, False)
    moment = remote.moment(third)
    assert moment is None or moment.tzinfo is not None
    assert isinstance(remote.first_id(first), str)
    assert remote._page(document, f"{THERE}/x").startswith(THERE)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{THERE}/page", f"{THERE}/page"),
        ([{"type": "Link", "href": f"{THERE}/fr"}], f"{THERE}/fr"),
        (f"{ELSEWHERE}/page", f"{THERE}/id"),
        ("javascript:alert(1)", f"{THERE}/id"),
        (None, f"{THERE}/id"),
    ],
)
def test_the_page_is_at_the_origin(value, expected):
    """A link to another place is not shown as the object's page."""
    assert remote._page({"url": value}, f"{THERE}/id") == expected


@pytest.mark.parametrize(
    "typed",
    ["127.0.0.1:8001", "http://127.0.0.1:8001/fr/", "", "  ", "a b", "ftp://x.example", "@@", "x:99999"],
)
def test_what_is_not_an_address_of_another_instance(typed):
    """Our own address, too, is nobody to follow."""
    with pytest.raises(lookups.NotAnAddress):
        lookups.base_of(typed)


def test_http_is_for_loopback_only(settings):
    """What people type never makes us speak http with the world."""
    assert lookups.base_of("http://tiznit.example/fr/") == "https://tiznit.example"
    assert lookups.base_of("Tiznit.Example") == "https://tiznit.example"
    settings.FEDERATION_INSECURE_LOOPBACK = True
    assert lookups.base_of("127.0.0.1:8002") == "http://127.0.0.1:8002"
    settings.FEDERATION_INSECURE_LOOPBACK = False
    assert lookups.base_of("127.0.0.1:8002") == "https://127.0.0.1:8002"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["argenteuil.example", "https://argenteuil.example/fr/", "argenteuil@argenteuil.example"]
)
def test_an_instance_is_found_by_address_and_by_handle(web, typed):
    """J6: whatever form of its address people have at hand."""
    web[f"{THERE}/"] = web[f"{THERE}/ap/instance"] = web[f"{THERE}/fr/"] = actor_document()
    web[f"{THERE}/.well-known/webfinger?resource=acct:argenteuil@argenteuil.example"] = {
        "links": [
            {"rel": "self", "type": "application/activity+json", "href": f"{ELSEWHERE}/ap/instance"},
            {"rel": "self", "type": "application/activity+json", "href": f"{THERE}/ap/instance"},
        ]
    }
    assert lookups.actor_at(typed).uri == f"{THERE}/ap/instance"


@pytest.mark.django_db
def test_nobody_there_is_said(web):
    """A host that answers nothing readable."""
    with pytest.raises(lookups.NobodyThere):
        lookups.actor_at("argenteuil.example")
    web[f"{THERE}/"] = {"id": f"{THERE}/", "type": "Note"}
    with pytest.raises(lookups.NobodyThere):
        lookups.actor_at("argenteuil.example")


@pytest.mark.django_db
def test_what_it_shares_is_shown_before_asking(web):
    """D21: the animator sees a name, a number and titles; an outbox that does not answer is no obstacle."""
    actor = remote_actor()
    assert lookups.what_it_shares(actor).total == 0
    box = f"{THERE}/ap/instance/outbox"
    web[box] = {"totalItems": 7, "first": f"{box}?page=1"}
    create = {"type": "Create", "object": article()}
    web[f"{box}?page=1"] = {
        "orderedItems": [{"type": "Announce", "object": create}, create, "x", {"object": 3}]
    }
    found = lookups.what_it_shares(actor)
    assert (found.total, found.titles) == (7, ["Eau 1", "Eau 1"])


def outbox_of(web, pages: list[list[dict]], **fields) -> None:
    """Pages of Argenteuil's outbox, each leading to the next."""
    box = f"{THERE}/ap/instance/outbox"
    web[box] = {"totalItems": sum(map(len, pages)), "first": f"{box}?page=0"}
    for number, items in enumerate(pages):
        web[f"{box}?page={number}"] = {
            "orderedItems": items,
            **({"next": f"{box}?page={number + 1}"} if number + 1 < len(pages) else {}),
            **fields,
        }


def create(document: dict) -> dict:
    return {"type": "Create", "actor": document["attributedTo"], "object": document}


@pytest.mark.django_db
def test_what_stands_comes_in_after_admission(web):
    """J6: existing projects of an instance stand here too once it has admitted us."""
    followed()
    outbox_of(web, [[create(article(3)), create(article(2))], [create(article(1))]])
    assert backfill.read_due() == 3
    assert backfill.read_due() == 0
    assert Backfill.objects.get().state == "done"
    assert list(Project.objects.order_by("pk").values_list("origin_uri", flat=True)) == [
        article(number)["id"] for number in (1, 2, 3)
    ]


@pytest.mark.django_db
def test_endless_outboxes_end(web):
    """A collection that points at itself, or never ends, is read once and within bounds."""
    box = f"{THERE}/ap/instance/outbox"
    outbox_of(web, [[create(article(1))]], next=f"{box}?page=0")
    assert len(backfill.collect(box)) == 1
    outbox_of(web, [[create(article(page * 30 + item)) for item in range(30)] for page in range(60)])
    web.asked.clear()
    assert len(backfill.collect(box)) == backfill.ITEMS
    assert len(web.asked) <= 10
    outbox_of(web, [[] for _page in range(100)])
    web.asked.clear()
    assert backfill.collect(box) == []
    assert len(web.asked) <= backfill.PAGES + 2


@pytest.mark.django_db
def test_an_outbox_speaks_for_its_own_host_only(web):
    """Objects and pages of another host in it are left out."""
    box = f"{THERE}/ap/instance/outbox"
    outbox_of(web, [[create(article(1, host=ELSEWHERE)), create(article(2))]], next=f"{ELSEWHERE}/outbox")
    assert [document["id"] for document in backfill.collect(box)] == [article(2)["id"]]
    assert f"{ELSEWHERE}/outbox" not in web.asked


@pytest.mark.django_db
def test_an_outbox_that_does_not_answer_is_asked_again(monkeypatch):
    """The row keeps the work; nothing is lost, nothing is hurried."""
    followed()

    def fail(*args, **options):
        raise FetchFailed("no answer")

    monkeypatch.setattr(backfill, "fetch_json", fail)
    assert backfill.read_due() == 0
    work = Backfill.objects.get()
    assert (work.state, work.attempts, work.last_error) == ("waiting", 1, "no answer")
    assert backfill.read_due() == 0


@pytest.mark.django_db
def test_ours_is_never_remote():
    """No row of the toolkit is written for an actor of ours as if it were another's."""
    person = PersonFactory()
    with pytest.raises(remote.NotReadable):
        remote.remember(actor_document(actors.uri_of(person)))
