"""The queue: who may answer, what an answer does, and that nothing is answered twice."""

from __future__ import annotations

import pytest
from django.core import mail

from core.domain import moderation, notices, proposals
from core.domain.mail import deliver_letters
from core.models import JournalEntry, ModerationCase, Notice, Project
from tests.core.sheets import sheet
from tests.factories import OrganisationFactory, PersonFactory, ProjectFactory, ThemeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tree")]


@pytest.fixture
def idea(place):
    return proposals.propose(
        proposer=PersonFactory(), title="Un puits", summary="Une pompe", language="fr", territory=place
    )


@pytest.fixture
def case(idea):
    return ModerationCase.objects.get()


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
