"""Signing in by code, the charter, following, announcing, one's own data and leaving."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.domain import announcements, charter, follows, people, proposals
from core.models import AnnouncementPage, Charter, Confirmation, Follow, Person
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ProjectFactory,
    TerritoryFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(client, django_capture_on_commit_callbacks):
    def post(path, data=None):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, data or {})

    return post


def last_code():
    return re.search(r"^(\d{6})$", mail.outbox[-1].body, re.M).group(1)


class TestSigningIn:
    @pytest.mark.parametrize("known", [True, False])
    def test_one_door_for_known_and_new(self, send, client, known):
        if known:
            PersonFactory(email="me@tiwizi.example", language="ar")
        page = send(
            "/ar/account/login/?next=/ar/projects/", {"email": "Me@tiwizi.example", "next": "/ar/projects/"}
        )
        assert "رمز" in mail.outbox[-1].subject or "code" in mail.outbox[-1].subject
        done = send(page.url, {"code": last_code()})
        assert done.url == "/ar/projects/"
        person = Person.objects.get()
        assert person.language == "ar"
        assert int(client.session["_auth_user_id"]) == person.pk
        assert client.get("/ar/account/").status_code == 200

    @pytest.mark.parametrize(
        "bad", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
    )
    def test_nobody_is_led_elsewhere(self, send, bad):
        page = send("/fr/account/login/", {"email": "me@tiwizi.example", "next": bad})
        assert send(page.url, {"code": last_code()}).url == "/fr/account/"

    def test_a_newcomer_meets_the_charter_and_goes_on(self, send, client):
        """D10: the charter is accepted on joining."""
        charter.ensure(1, {"fr": "<p>Solidarité</p>"})
        page = send("/fr/account/login/", {"email": "me@tiwizi.example", "next": "/fr/notices/"})
        done = send(page.url, {"code": last_code()})
        assert done.url == "/fr/charter/?next=%2Ffr%2Fnotices%2F"
        assert send(done.url, {}).status_code == 400
        assert send(done.url, {"charter": "on", "next": "/fr/notices/"}).url == "/fr/notices/"

    def test_a_second_lock_is_asked(self, send, client):
        """A code by e-mail does not go around the second factor."""
        from allauth.mfa.models import Authenticator

        person = PersonFactory(email="me@tiwizi.example", is_animator=True)
        Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
        page = send("/fr/account/login/", {"email": person.email})
        done = send(page.url, {"code": last_code()})
        assert "/2fa/" in done.url
        assert "_auth_user_id" not in client.session
        assert client.get(done.url).status_code == 200

    def test_there_is_no_other_door(self, client):
        assert client.get("/fr/account/signup/?next=/fr/").url == "/fr/account/login/?next=/fr/"
        assert client.get("/fr/account/password/reset/").status_code == 404

    def test_wrong_address_and_too_many(self, send, settings):
        assert send("/fr/account/login/", {"email": "x"}).status_code == 400
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"sign_in": "1/h"}
        codes = [send("/fr/account/login/", {"email": f"{n}@tiwizi.example"}).status_code for n in range(2)]
        assert codes == [302, 429]
        assert Confirmation.objects.count() == 1


class TestCharter:
    def test_a_new_version_is_asked_before_acting_never_before_reading(self, client, tree):
        person, project = PersonFactory(), ProjectFactory()
        charter.ensure(1, {"fr": "un"})
        charter.accept(person)
        client.force_login(person)
        follow = f"/fr/follow/core.project/{project.uid}/"
        assert client.post(follow).url == f"/fr/projects/{project.slug}/"
        charter.ensure(2, {"fr": "deux"})
        assert client.get(f"/fr/projects/{project.slug}/").status_code == 200
        assert client.get("/fr/account/").status_code == 200
        assert client.post(follow, HTTP_REFERER=f"http://testserver{follow}").url.startswith(
            "/fr/charter/?next=%2Ffr%2Ff"
        )
        assert client.get("/fr/announcements/new/").url.startswith("/fr/charter/?next=")
        client.post("/fr/charter/", {"charter": "on"})
        assert client.get("/fr/announcements/new/").status_code == 200

    def test_leaving_needs_no_charter(self, client):
        charter.ensure(1, {"fr": "un"})
        person = PersonFactory()
        client.force_login(person)
        assert client.post("/fr/account/export/").status_code == 200
        assert client.post("/fr/account/erase/", {"email": person.email}).status_code == 302

    def test_a_version_is_never_rewritten(self):
        charter.ensure(1, {"fr": "un<script>x</script>"})
        charter.ensure(1, {"fr": "autre"})
        assert Charter.objects.get().texts == {"fr": "un"}


class TestFollowing:
    def test_follow_and_stop(self, client):
        person, project = PersonFactory(), ProjectFactory()
        url = f"/fr/follow/core.project/{project.uid}/"
        assert "/account/login/" in client.get(url).url
        client.force_login(person)
        assert client.get(url).status_code == 200
        client.post(url)
        client.post(url)
        assert follows.is_following(person, project)
        client.post(url, {"stop": "1"})
        assert not Follow.objects.exists()

    @pytest.mark.parametrize("path", ["core.project/nothing", "core.event/x", "nothing/x"])
    def test_what_is_not_there(self, client, path):
        client.force_login(PersonFactory())
        assert client.get(f"/fr/follow/{path}/").status_code == 404

    def test_a_private_idea_cannot_be_followed(self, client):
        client.force_login(PersonFactory())
        assert (
            client.post(f"/fr/follow/core.project/{ProjectFactory(status='waiting').uid}/").status_code == 404
        )


@pytest.mark.usefixtures("tree")
class TestAnnouncing:
    def fields(self, **changes):
        until = timezone.localdate() + timedelta(days=10)
        return {
            "title": "Appel aux plombiers",
            "body": "Samedi\n\n<b>à 9 h</b>",
            "until": until.isoformat(),
        } | changes

    def test_anyone_with_the_charter_posts_one(self, client):
        """D9: announcements by any user, with expiry."""
        TerritoryFactory(name_fr="Tafraout", code="a")
        person = PersonFactory()
        organisation = MembershipFactory(person=person).organisation
        client.force_login(person)
        assert client.get("/ar/announcements/new/").status_code == 200
        done = client.post(
            "/ar/announcements/new/", self.fields(place="tafraout", organisation=organisation.pk)
        )
        page = AnnouncementPage.objects.get()
        assert page.locale.language_code == "ar"
        assert (page.author, page.organisation, page.territory.code) == (person, organisation, "a")
        assert "<b>" not in page.body
        assert page.expire_at.date() >= timezone.localdate() + timedelta(days=9)
        assert client.get(done.url).status_code == 200

    @pytest.mark.parametrize(
        "change",
        [{"title": ""}, {"body": " "}, {"until": "2020-01-01"}, {"until": "2099-01-01"}, {"until": "x"},
         {"place": "nowhere at all"}, {"organisation": "1"}],
    )  # fmt: skip
    def test_bad_ones_are_not_posted(self, client, change):
        client.force_login(MembershipFactory().person)
        data = self.fields(**change)
        if "organisation" in change:
            data["organisation"] = OrganisationFactory().pk
        assert client.post("/fr/announcements/new/", data).status_code == 400
        assert not AnnouncementPage.objects.exists()

    def test_strangers_sign_in_first(self, client):
        assert "/account/login/" in client.post("/fr/announcements/new/", self.fields()).url

    def test_author_and_animators_take_it_from_view(self, client):
        author = PersonFactory()
        until = timezone.localdate()
        page = announcements.announce(author=author, title="x", body="y", until=until, language="fr")
        url = f"/fr/announcements/{page.pk}/remove/"
        client.force_login(PersonFactory())
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
        client.force_login(author)
        assert client.get(url).status_code == 200
        assert client.post(url).status_code == 302
        page.refresh_from_db()
        assert not page.live
        announcements.republish(page, author)
        page.refresh_from_db()
        assert page.live


class TestOneself:
    def test_the_profile(self, client):
        person = MembershipFactory().person
        client.force_login(person)
        assert client.get("/ar/account/").status_code == 200
        client.post("/fr/account/", {"name": "Amina", "language": "ar"})
        person.refresh_from_db()
        assert (person.name, person.language) == ("Amina", "ar")
        assert client.post("/fr/account/", {"name": "Amina", "language": "xx"}).status_code == 400

    def test_choosing_mails(self, client):
        person = PersonFactory()
        client.force_login(person)
        page = client.get("/fr/account/notices/")
        wanted = page.context["form"]["wanted"].value()
        assert "core.project.declined" in wanted
        wanted.remove("core.project.declined")
        client.post("/fr/account/notices/", {"wanted": wanted})
        assert [row.verb for row in person.notice_preferences.all()] == ["core.project.declined"]
        client.post(
            "/fr/account/notices/", {"wanted": [*wanted, "core.project.declined"], "everything": "on"}
        )
        assert [row.verb for row in person.notice_preferences.all()] == ["*"]

    def test_everything_can_be_taken_home(self, client):
        person = PersonFactory()
        place = TerritoryFactory()
        proposals.propose(proposer=person, title="Un puits", summary="x", language="fr", territory=place)
        client.force_login(person)
        data = json.loads(client.post("/fr/account/export/").content)
        assert data["person"]["email"] == person.email
        assert data["core.projects"][0]["texts"]["fr"]["title"] == "Un puits"
        assert client.get("/fr/account/export/").status_code == 405

    def test_erasing_forgets_the_person_and_keeps_history(self, client):
        person = PersonFactory(email="me@tiwizi.example", name="Amina")
        stands = ProjectFactory(proposer=person)
        waits = proposals.propose(
            proposer=person, title="Un puits", summary="x", language="fr", territory=stands.territory
        )
        follows.follow(person, stands)
        client.force_login(person)
        assert client.post("/fr/account/erase/", {"email": "other@tiwizi.example"}).status_code == 400
        assert client.post("/fr/account/erase/", {"email": "ME@tiwizi.example"}).status_code == 302
        person.refresh_from_db()
        assert (person.is_active, person.name, "me@" in person.email) == (False, "", False)
        assert not Follow.objects.exists()
        stands.refresh_from_db()
        waits.refresh_from_db()
        assert (stands.status, stands.proposer) == ("published", None)
        assert (waits.status, waits.texts) == ("withdrawn", {})
        assert client.get("/fr/account/").status_code == 302
        assert Person.objects.for_email("me@tiwizi.example") != person

    def test_the_last_manager_hands_over_first(self, client):
        """D22: an organisation is never left without anybody."""
        membership = MembershipFactory()
        with pytest.raises(people.NobodyLeft):
            people.erase(membership.person)
        client.force_login(membership.person)
        page = client.post("/fr/account/erase/", {"email": membership.person.email})
        assert page.status_code == 400
        assert membership.organisation.name in page.content.decode()
        MembershipFactory(organisation=membership.organisation)
        people.erase(membership.person)
        membership.refresh_from_db()
        assert membership.until == timezone.localdate()


@pytest.mark.parametrize("path", ["", "totp/activate/", "webauthn/", "recovery-codes/generate/"])
def test_the_second_lock_wears_our_face(client, path):
    client.force_login(PersonFactory(is_animator=True))
    page = client.get(f"/fr/account/2fa/{path}")
    assert page.status_code in {200, 302}
    if page.status_code == 200:
        assert b'class="masthead"' in page.content
