"""What volunteering gives to core: skills, figures, privacy, federation, API, response times."""

import csv
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from core.domain.notices import deliver
from core.models import JournalEntry
from core.registry import registry
from plugins.volunteering import figures, privacy, verbs
from plugins.volunteering.domain import applications, engagements, missions, skills
from plugins.volunteering.domain.public import describe
from plugins.volunteering.domain.response_times import response_time
from plugins.volunteering.models import Application, Mission, Skill
from tests.factories import ProjectFactory
from tests.volunteering.factories import MissionFactory, SkillFactory, accepted, manager_of, sent

pytestmark = pytest.mark.django_db


def listed() -> list[dict[str, str]]:
    with skills.SOURCE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_skills_are_loaded_once_and_refreshed():
    """D13: a list of skills that other instances understand."""
    call_command("load_skills", verbosity=0)
    first = Skill.objects.order_by("pk").first()
    Skill.objects.filter(pk=first.pk).update(name_fr="changé")
    call_command("load_skills", verbosity=0)
    first.refresh_from_db()
    assert first.name_fr != "changé"
    assert 150 <= Skill.objects.count() == len(listed()) <= 200


def test_every_skill_has_its_names_and_an_id_of_its_own():
    rows = listed()
    assert len({row["esco_id"] for row in rows}) == len(rows)
    assert all(row["label_fr"] and row["label_en"] and row["label_ar"] for row in rows)
    assert all(any("\u0600" <= char <= "\u06ff" for char in row["label_ar"]) for row in rows)


def test_no_skill_is_invented():
    """The ids and official labels are those of the source, where the source is at hand (ESCO_SOURCE)."""
    source = Path(os.environ.get("ESCO_SOURCE", "esco_skills.csv"))
    if not source.exists():
        pytest.skip("ESCO_SOURCE does not name the source list")
    with source.open(encoding="utf-8", newline="") as stream:
        official = {row["id"]: (row["label_fr"], row["label_en"]) for row in csv.DictReader(stream)}
    assert {
        row["esco_id"]: (row["label_fr"], row["label_en"]) for row in listed()
    }.items() <= official.items()


def test_a_mission_travels_in_words_that_stand_alone():
    """D20, D28: a server that knows nothing of missions shows it all the same; no applicant leaves."""
    mission = MissionFactory(hours=24, people=2, remote=True)
    skill = SkillFactory()
    mission.skills.add(skill)
    application = accepted(mission)
    public = describe(mission)
    assert public.subject == mission.ref
    assert set(public.texts) == {"fr", "ar"}
    content = public.texts["fr"].content
    assert mission.title in content
    assert "24 heures" in content
    assert content.rstrip("</p>").endswith("</a")
    assert public.url in content
    assert public.extra["hours"] == 24
    assert public.extra["skills"] == [f"http://data.europa.eu/esco/skill/{skill.esco_id}"]
    assert application.applicant.name not in str(public)
    assert application.message not in str(public)


@pytest.mark.parametrize("change", [{"state": "draft"}, {"hidden": True}])
def test_what_is_not_public_does_not_travel(change):
    assert describe(MissionFactory(**change)) is None
    assert describe(MissionFactory(project=ProjectFactory(status="withdrawn"))) is None


def test_the_mapping_names_declared_verbs_and_public_missions():
    mapping = next(m for m in registry.mappings() if m.subject == "volunteering.mission")
    assert all(registry.verb(verb).name == verb for verb in mapping.verbs)
    shown = MissionFactory()
    MissionFactory(state="draft")
    assert list(mapping.public()) == [shown]


def test_moderation_takes_a_mission_away_and_gives_it_back():
    mission = MissionFactory()
    subject = registry.subject("volunteering.mission")
    subject.hide(mission, None)
    assert not Mission.objects.public().exists()
    assert JournalEntry.objects.filter(verb=verbs.HIDDEN).exists()
    subject.restore(mission, None)
    assert Mission.objects.public().get() == mission


def test_every_mail_can_be_written_in_every_language(settings):
    """Each notification's letters are rendered in French, Arabic and English, with whose turn it is."""
    for language in ("fr", "ar", "en", "zgh"):
        application = sent()
        manager = manager_of(application.mission.host, language=language)
        application.applicant.language = language
        application.applicant.save()
        applications.leave_note(application, side="volunteer", by=application.applicant, text="Question")
        applications.leave_note(application, side="host", by=manager, text="Réponse")
        applications.accept(application, by=manager)
        engagements.finish(application.engagement, by=manager)
        refused = sent(application.mission, applicant=None)
        applications.decline(refused, by=manager, reason="Complet")
    before = len(mail.outbox)
    deliver(200)
    assert len(mail.outbox) - before >= 16
    for letter in mail.outbox[before:]:
        assert letter.subject
        assert "{" not in letter.body + letter.subject
        assert "/volunteering/" in letter.body


def test_the_hosts_letter_carries_the_message_and_the_answer_link():
    mission = MissionFactory()
    manager = manager_of(mission.host)
    sent(mission, message="Je sais réparer les pompes")
    deliver()
    letter = next(m for m in mail.outbox if manager.email in m.to)
    assert "Je sais réparer les pompes" in letter.body
    assert "/volunteering/answer/" in letter.body


def test_response_time_is_the_median_and_silence_counts():
    """ANCHORS 4: public median time to a first answer; waiting ones count with the time they wait."""
    mission = MissionFactory()
    assert response_time(mission.host) is None
    now = timezone.now()
    for days, answered in ((20, 2), (20, 4), (9, None)):
        row = sent(mission)
        started = now - timedelta(days=days)
        end = started + timedelta(days=answered) if answered else None
        Application.objects.filter(pk=row.pk).update(sent_at=started, first_answer_at=end)
    found = response_time(mission.host)
    assert (found.days, found.number) == (4, 3)
    assert figures.days_to_answer(mission.project) == 4
    assert figures.days_to_answer(ProjectFactory()) == 0


def test_figures_of_a_project_and_of_the_instance():
    mission = accepted().mission
    MissionFactory()
    assert (figures.missions_open(None), figures.missions_open(mission.project)) == (2, 1)
    assert (figures.volunteers_engaged(None), figures.volunteers_engaged(ProjectFactory())) == (1, 0)


def test_a_person_takes_everything_along_and_can_be_forgotten():
    application = accepted()
    person = application.applicant
    waiting = sent(applicant=person, message="Un autre message")
    engagements.log_hours(
        application.engagement, by=person, day=timezone.localdate(), minutes=90, text="Atelier"
    )
    applications.leave_note(application, side="volunteer", by=person, text="Mon numéro est le 06")
    taken = str(privacy.export(person))
    for word in ("Je peux aider", "Un autre message", "Atelier", "Mon numéro est le 06"):
        assert word in taken
    for part in privacy.personal_data:
        part.erase(person)
    left = str(list(Application.objects.values())) + str(
        [list(row.notes.values()) for row in Application.objects.all()]
    )
    for word in ("Je peux aider", "Un autre message", "06"):
        assert f"'{word}" not in left
    waiting.refresh_from_db()
    assert (waiting.state, waiting.applicant) == (Application.State.WITHDRAWN, None)
    assert figures.volunteers_engaged(None) == 1
    assert privacy.export(person) == []


def test_the_api_lists_public_missions_and_nobody(client):
    application = accepted(MissionFactory(remote=True))
    MissionFactory(state="draft")
    answer = client.get("/api/v1/volunteering/missions/").json()
    assert [row["uid"] for row in answer["results"]] == [application.mission.uid]
    assert application.applicant.email not in str(answer)
    assert "applications" not in answer["results"][0]


def test_similar_missions_share_skills_first_then_the_place():
    skill = SkillFactory()
    mission = MissionFactory()
    mission.skills.add(skill)
    near = MissionFactory(territory=mission.territory)
    alike = MissionFactory()
    alike.skills.add(skill)
    assert (
        list(missions.similar(mission))[:2] == [alike, near]
        or near.territory.path[:6] == alike.territory.path[:6]
    )
    assert next(iter(missions.similar(mission))) == alike
    MissionFactory(state="closed")
    assert len(missions.similar(mission, number=10)) == 2
