"""The queue: who may answer, what an answer does, and that nothing is answered twice."""

from __future__ import annotations

import pytest
from django.core import mail

from core.domain import moderation, notices, proposals
from core.domain.mail import deliver_letters
from core.models import JournalEntry, ModerationCase, Notice, Organisation, Project
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ProjectFactory,
    TerritoryFactory,
    ThemeFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tree")]


@pytest.fixture
def place():
    return TerritoryFactory(code="a", name_fr="Tafraout", name_ar="تافراوت")


@pytest.fixture
def people():
    """One person of each kind, by name."""
    host = OrganisationFactory(slug="province-tiznit")
    other = OrganisationFactory()
    return {
        "animator": PersonFactory(is_animator=True),
        "agent": MembershipFactory(organisation=host, role="agent").person,
        "host treasurer": MembershipFactory(organisation=host, role="treasurer").person,
        "agent elsewhere": MembershipFactory(organisation=other, role="agent").person,
        "person": PersonFactory(),
        "closed": MembershipFactory(organisation=host, role="agent", until="2020-01-01").person,
    }


@pytest.fixture
def idea(place):
    return proposals.propose(
        proposer=PersonFactory(), title="Un puits", summary="Une pompe", language="fr", territory=place
    )


@pytest.fixture
def case(idea):
    return ModerationCase.objects.get()


def sheet(**changes):
    return {
        "action": "publish", "place": "Tafraout", "stage": "idea",
        "title_fr": "Un puits pour l'école", "summary_fr": "Il manque une pompe", "story_fr": "Deux\n\nparagraphes",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("animator", True),
        ("agent", True),
        ("host treasurer", False),
        ("agent elsewhere", False),
        ("person", False),
        ("closed", False),
    ],
)
def test_who_may_answer(client, people, case, who, allowed):
    client.force_login(people[who])
    expected = 200 if allowed else 403
    assert client.get("/fr/moderation/").status_code == expected
    assert client.get(f"/fr/moderation/{case.pk}/").status_code == expected
    answer = client.post(f"/fr/moderation/{case.pk}/", {"action": "decline", "answer": "Non"})
    assert answer.status_code == (302 if allowed else 403)
    case.refresh_from_db()
    assert case.state == ("declined" if allowed else "open")


def test_strangers_are_asked_to_sign_in(client, case):
    for path in ("", f"{case.pk}/", f"{case.pk}/restore/"):
        assert "/account/login/" in client.post(f"/fr/moderation/{path}").url


def test_an_agent_completes_and_publishes(client, people, idea, case):
    """J2: one front form; texts in two languages, themes, owner; the author is told."""
    theme, owner = ThemeFactory(), OrganisationFactory()
    client.force_login(people["agent"])
    assert client.get(f"/fr/moderation/{case.pk}/").status_code == 200
    data = sheet(title_ar="بئر", summary_ar="مضخة", themes=[theme.pk], owner=owner.pk, stage="maturing")
    assert client.post(f"/fr/moderation/{case.pk}/", data).url == "/fr/moderation/"
    idea = Project.objects.get(pk=idea.pk)
    assert (idea.status, idea.stage, idea.owner, list(idea.themes.all())) == (
        "published",
        "maturing",
        owner,
        [theme],
    )
    assert idea.texts["fr"]["story"] == "<p>Deux</p><p>paragraphes</p>"
    assert {page.locale.language_code for page in idea.pages.filter(live=True)} == {"fr", "ar"}
    assert client.get(f"/ar/projects/{idea.slug}/").status_code == 200
    notices.deliver()
    assert [m.to for m in mail.outbox if "publi" in m.subject] == [[idea.proposer.email]]


def test_keeping_does_not_publish(client, people, idea, case):
    client.force_login(people["agent"])
    client.post(f"/fr/moderation/{case.pk}/", sheet(action="save"))
    idea.refresh_from_db()
    case.refresh_from_db()
    assert (idea.status, case.state) == ("waiting", "open")
    assert idea.texts["fr"]["title"] == "Un puits pour l'école"


@pytest.mark.parametrize(
    "wrong",
    [
        sheet(title_fr=""),
        sheet(title_fr="", summary_fr="", story_fr=""),
        sheet(place="nowhere at all"),
        sheet(stage="nowhere"),
        sheet(owner="999999"),
        sheet(summary_ar="بلا عنوان"),
        {"action": "decline", "answer": " "},
        {"action": "explode"},
        {},
    ],
)
def test_bad_answers_change_nothing(client, people, idea, case, wrong):
    client.force_login(people["agent"])
    assert client.post(f"/ar/moderation/{case.pk}/", wrong).status_code == 400
    idea.refresh_from_db()
    case.refresh_from_db()
    assert (idea.status, case.state, idea.title) == ("waiting", "open", "Un puits")


def test_a_case_is_answered_once(people, case):
    moderation.decide(case, by=people["agent"], accept=True)
    with pytest.raises(moderation.AlreadyDecided):
        moderation.decide(
            ModerationCase.objects.get(), by=people["animator"], accept=False, answer="trop tard"
        )
    assert Project.objects.get().status == "published"


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_costs_the_same_for_one_and_three(
    client, people, place, number, django_assert_max_num_queries
):
    for n in range(number):
        proposals.propose(proposer=PersonFactory(), title=f"{n}", summary="x", language="fr", territory=place)
        moderation.report(ProjectFactory(), reporter=PersonFactory(), reason="faux")
    client.force_login(people["agent"])
    with django_assert_max_num_queries(8):
        page = client.get("/fr/moderation/")
    assert len(page.context["rows"]) == 2 * number


def test_the_queue_pages_by_key(client, people, monkeypatch):
    monkeypatch.setattr("core.views.moderation.SIZE", 2)
    for _ in range(3):
        moderation.report(ProjectFactory(), reporter=PersonFactory(), reason="faux")
    client.force_login(people["agent"])
    first = client.get("/fr/moderation/")
    second = client.get(f"/fr/moderation/?after={first.context['next']}")
    assert [len(page.context["rows"]) for page in (first, second)] == [2, 1]
    assert client.get("/fr/moderation/?after=x").status_code == 200


class TestReports:
    def path(self, project):
        return f"/fr/report/core.project/{project.uid}/"

    def test_once_per_person_while_it_waits(self, client, people):
        project = ProjectFactory()
        client.force_login(people["person"])
        for _ in range(2):
            assert (
                client.post(self.path(project), {"reason": "C'est faux"}).url
                == f"/fr/projects/{project.slug}/"
            )
        case = ModerationCase.objects.get()
        moderation.decide(case, by=people["animator"], accept=False, answer="C'est vrai")
        assert moderation.report(project, reporter=people["person"], reason="encore")[1]

    def test_accepting_hides_and_it_can_come_back(self, client, people, django_capture_on_commit_callbacks):
        project = ProjectFactory()
        case, _new = moderation.report(project, reporter=people["person"], reason="C'est faux")
        client.force_login(people["agent"])
        client.post(f"/fr/moderation/{case.pk}/", {"action": "hide"})
        assert client.get(f"/fr/projects/{project.slug}/").status_code == 404
        assert client.get(self.path(project)).status_code == 404
        told = Notice.objects.filter(entry__verb="core.report.accepted")
        assert [notice.person for notice in told] == [people["person"]]
        client.post(f"/fr/moderation/{case.pk}/restore/")
        assert client.get(f"/fr/projects/{project.slug}/").status_code == 200
        verbs = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
        assert verbs == [
            "core.subject.reported", "core.project.withdrawn", "core.report.accepted", "core.project.published",
            "core.subject.restored",
        ]  # fmt: skip

    def test_a_guest_gets_the_answer_by_mail(self, client, people):
        project = ProjectFactory()
        client.post(self.path(project), {"reason": "Ma photo", "contact": "guest@tiwizi.example"})
        case = ModerationCase.objects.get()
        assert case.reporter is None
        moderation.decide(case, by=people["animator"], accept=False, answer="Écrivez-nous")
        deliver_letters()
        (message,) = mail.outbox
        assert message.to == ["guest@tiwizi.example"]
        assert "Écrivez-nous" in message.body

    def test_what_cannot_be_reported(self, client, settings):
        project = ProjectFactory(status="waiting")
        for path in (
            self.path(project),
            "/fr/report/core.nothing/x/",
            "/fr/report/core.announcement/not-a-uuid/",
        ):
            assert client.get(path).status_code == 404
        public = ProjectFactory()
        assert client.post(self.path(public), {"reason": " "}).status_code == 400
        assert client.post(self.path(public), {"reason": "x", "website": "spam"}).status_code == 400
        settings.RATE_LIMITS = settings.RATE_LIMITS | {"report": "1/h"}
        assert [client.post(self.path(public), {"reason": "x"}).status_code for _ in range(2)] == [302, 429]


class TestSheet:
    """A manager's own page for a published project (D22: any manager, not one person)."""

    @pytest.fixture
    def project(self, place):
        return ProjectFactory(territory=place)

    def edit(self, client, project, **changes):
        data = {"action": "save", "owner": project.owner_id} | changes
        return client.post(f"/fr/projects/{project.slug}/edit/", sheet(**data))

    def test_a_manager_cannot_leave_it_without_owner(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert self.edit(client, project, owner="").status_code == 400

    def test_who_may_edit(self, client, people, project):
        url = f"/fr/projects/{project.slug}/edit/"
        assert "/account/login/" in client.get(url).url
        manager = MembershipFactory(organisation=project.owner).person
        treasurer = MembershipFactory(organisation=project.owner, role="treasurer").person
        for person, status in ((people["person"], 403), (treasurer, 403), (people["agent elsewhere"], 403),
                               (manager, 200), (people["animator"], 200)):  # fmt: skip
            client.force_login(person)
            assert client.get(url).status_code == status, person
            assert self.edit(client, project).status_code == (302 if status == 200 else 403)

    def test_texts_stage_and_needs(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert self.edit(client, project, stage="underway", title_ar="بئر").status_code == 302
        project.refresh_from_db()
        assert (project.stage, project.texts["ar"]["title"]) == ("underway", "بئر")
        url = f"/fr/projects/{project.slug}/needs/"
        assert client.get(url).status_code == 200
        need = {
            "kind": "money",
            "text": "Une pompe",
            "language": "fr",
            "amount": "1200.50",
            "currency": "EUR",
        }
        assert client.post(url, need).status_code == 302
        assert (project.needs.get().amount_minor, project.needs.get().currency) == (120050, "EUR")
        assert client.post(url, need | {"amount": ""}).status_code == 400
        assert client.post(url, {"remove": project.needs.get().pk}).status_code == 302
        assert not project.needs.exists()
        other = ProjectFactory().needs.create(kind="skills", texts={"fr": "x"})
        assert client.post(url, {"remove": other.pk}).status_code == 404

    def test_an_untouched_story_keeps_its_html(self, client, project):
        project.texts["fr"]["story"] = '<h2>Un titre</h2><p>Un <a href="https://tiwizi.example">lien</a></p>'
        project.save()
        client.force_login(MembershipFactory(organisation=project.owner).person)
        form = client.get(f"/fr/projects/{project.slug}/edit/").context["form"]
        story = form["story_fr"].value()
        self.edit(client, project, story_fr=story.replace("\n", "\r\n"))
        project.refresh_from_db()
        assert project.texts["fr"]["story"].startswith("<h2>Un titre</h2>")

    def test_script_never_gets_in(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        self.edit(client, project, story_fr="<p>a</p><script>alert(1)</script><img src=x onerror=alert(1)>")
        project.refresh_from_db()
        assert "script" not in project.texts["fr"]["story"]
        assert "onerror" not in project.texts["fr"]["story"]

    def test_a_manager_gives_it_to_own_organisations_only(self, client, project):
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert self.edit(client, project, owner=OrganisationFactory().pk).status_code == 400
        assert Organisation.objects.get(pk=project.owner_id) == Project.objects.get().owner

    def test_withdrawing_and_showing_again(self, client, people, project):
        url = f"/fr/projects/{project.slug}/"
        client.force_login(people["person"])
        assert client.post(f"{url}withdraw/").status_code == 403
        client.force_login(MembershipFactory(organisation=project.owner).person)
        assert client.post(f"{url}withdraw/").status_code == 302
        assert client.get(url).status_code == 404
        assert client.post(f"{url}put-back/").status_code == 403
        client.force_login(people["animator"])
        assert client.post(f"{url}put-back/").status_code == 302
        assert client.get(url).status_code == 200
