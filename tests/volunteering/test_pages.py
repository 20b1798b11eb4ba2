"""What people see and send: lists, missions and their forms, whose turn it is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from plugins.volunteering.domain import applications
from plugins.volunteering.models import Application, Mission, PlanStep
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ProjectFactory,
    TerritoryFactory,
)
from tests.volunteering.browsing import body
from tests.volunteering.factories import MissionFactory, SkillFactory, accepted, manager_of, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uncached")]


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_pages_answer_in_every_language(client, language):
    mission = accepted().mission
    for path in (
        "",
        f"missions/{mission.slug}/",
        f"missions/{mission.slug}/apply/",
        f"missions/{mission.slug}/applied/",
    ):
        answer = client.get(f"/{language}/volunteering/{path}")
        assert answer.status_code == 200
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in body(answer)


def queries(client, url, django_assert_max_num_queries) -> int:
    client.get(url)
    with django_assert_max_num_queries(40) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "view",
    ["missions", "mission", "project", "home", "desk", "mine", "stalled", "application", "organisation"],
)
def test_queries_do_not_grow_with_rows(client, view, django_assert_max_num_queries):
    """The same number of queries with 1 and 3 missions, volunteers, notes and hours."""
    project, host, me = ProjectFactory(), OrganisationFactory(), PersonFactory(is_animator=True)
    MembershipFactory(organisation=host, person=me)

    def more() -> Mission:
        mission = MissionFactory(project=project, host=host, remote=True)
        mission.skills.add(SkillFactory())
        taken, waiting = accepted(mission), sent(mission)
        sent(mission, me)
        late = timezone.localdate() - timedelta(days=9)
        PlanStep.objects.filter(application__in=[taken, waiting], state="current").update(due=late)
        applications.leave_note(first or taken, side="host", by=me, text="Bonjour")
        return mission

    first = None
    mission = more()
    first = Application.objects.filter(mission=mission, state="accepted").get()
    client.force_login(me)
    url = {
        "missions": reverse("volunteering:missions"),
        "mission": mission.get_absolute_url(),
        "project": project.get_absolute_url(),
        "home": reverse("home"),
        "desk": reverse("volunteering:desk", args=[host.slug]),
        "mine": reverse("volunteering:mine"),
        "stalled": reverse("volunteering:stalled"),
        "application": first.get_absolute_url(),
        "organisation": host.get_absolute_url(),
    }[view]
    one = queries(client, url, django_assert_max_num_queries)
    more(), more()
    assert queries(client, url, django_assert_max_num_queries) <= one


def test_the_panels_of_a_project_cost_two_queries(client, django_assert_max_num_queries):
    project = ProjectFactory()
    url = project.get_absolute_url()
    without = queries(client, url, django_assert_max_num_queries)
    sent(MissionFactory(project=project))
    assert (
        queries(client, url, django_assert_max_num_queries) <= without + 1
    )  # one is spent before any mission


def test_a_remote_project_shows_no_missions_here(client):
    project = ProjectFactory(origin_uri="https://ailleurs.example/ap/1", origin_name="Ailleurs")
    answer = client.get(project.get_absolute_url())
    assert "volunteering" not in body(answer).split("<main")[1]


def test_filters_by_place_skill_and_from_anywhere(client):
    region = TerritoryFactory(code="09", level="region")
    commune = TerritoryFactory(code="09.1", parent=region)
    here = MissionFactory(territory=commune)
    afar = MissionFactory(remote=True, project=ProjectFactory(territory=TerritoryFactory(code="05")))
    skill = SkillFactory()
    afar.skills.add(skill)
    for query, shown, absent in (
        ("territory=09", here, afar),
        ("remote=1", afar, here),
        (f"skill={skill.esco_id}", afar, here),
    ):
        text = body(client.get(f"/fr/volunteering/?{query}"))
        assert shown.title in text
        assert absent.title not in text
    nothing = body(client.get("/fr/volunteering/?territory=nowhere"))
    assert here.title not in nothing
    assert "Aucune mission ouverte ne répond" in nothing


def test_the_list_goes_on_by_keyset(client):
    for number in range(14):
        MissionFactory(published_at=timezone.now() - timedelta(hours=number))
    first = client.get("/fr/volunteering/")
    titles = {mission.title for mission in first.context["missions"]}
    second = client.get(f"/fr/volunteering/?{first.context['next']}")
    titles |= {mission.title for mission in second.context["missions"]}
    assert len(titles) == 14
    assert not second.context["next"]
    assert client.get("/fr/volunteering/?after=rubbish").status_code == 404


def test_a_step_ticked_off_moves_the_turn_on_both_pages(client):
    """D5: both see whose turn it is, since when, due when."""
    application = accepted()
    manager = manager_of(application.mission.host)
    link = application.url_for(application.applicant)
    step = application.current_step
    assert f'La main est à <span dir="auto">{application.mission.host}</span>' in body(client.get(link))
    client.force_login(manager)
    page = application.get_absolute_url()
    client.post(f"{page}do/done/{step.pk}/")
    who = f'La main est à <span dir="auto">{application.applicant.name}</span>'
    for url in (page, link):
        assert who in body(client.get(url))


def form(mission=None, **changes):
    data = {
        "title": "Réparer la pompe", "story": "Deux jours.\n\nSur place.", "criteria": "", "kind": "one_off",
        "territory": "", "remote": "on", "starts": "2027-01-15", "ends": "2027-01-16", "hours": "16", "people": "2",
    }  # fmt: skip
    return data | changes


def test_a_manager_opens_edits_and_closes_a_mission(client):
    project = ProjectFactory()
    manager = manager_of(project.owner)
    client.force_login(manager)
    skill = SkillFactory()
    new = reverse("volunteering:new", args=[project.slug])
    answer = client.post(new, form(host=project.owner.pk, skills=[skill.pk], open="1"))
    mission = Mission.objects.get()
    assert answer["Location"] == mission.get_absolute_url()
    assert (mission.state, mission.people, list(mission.skills.all())) == (Mission.State.OPEN, 2, [skill])
    assert mission.texts["fr"]["story"] == "<p>Deux jours.</p><p>Sur place.</p>"
    edit = reverse("volunteering:edit", args=[mission.slug]).replace("/fr/", "/ar/")
    client.post(edit, form(title="إصلاح المضخة", story="يومان", people=""))
    mission.refresh_from_db()
    assert set(mission.texts) == {"fr", "ar"}
    assert mission.people is None
    kept = client.get(edit.replace("/ar/", "/fr/")).context["form"]["story"].value()
    assert kept == "Deux jours.\n\nSur place."
    client.post(reverse("volunteering:move", args=[mission.slug]), {"to": "close"})
    mission.refresh_from_db()
    assert mission.state == Mission.State.CLOSED


def test_a_mission_is_not_done_while_somebody_waits(client):
    application = sent()
    client.force_login(manager_of(application.mission.host))
    answer = client.post(
        reverse("volunteering:move", args=[application.mission.slug]), {"to": "finish"}, follow=True
    )
    assert "répondez-leur d&#x27;abord" in body(answer) or "répondez-leur d'abord" in body(answer)
    application.mission.refresh_from_db()
    assert application.mission.state == Mission.State.OPEN


def test_a_full_mission_says_what_to_do_before_it_opens(client):
    mission = MissionFactory(people=1)
    manager = manager_of(mission.host)
    applications.accept(sent(mission), by=manager)
    client.force_login(manager)
    client.post(reverse("volunteering:move", args=[mission.slug]), {"to": "close"})
    answer = client.post(reverse("volunteering:move", args=[mission.slug]), {"to": "open"}, follow=True)
    assert "modifiez d’abord la mission" in body(answer)
    mission.refresh_from_db()
    assert mission.state == Mission.State.CLOSED


@pytest.mark.parametrize(
    "changes", [{"title": ""}, {"ends": "2026-01-01"}, {"remote": ""}, {"hours": "-3"}, {"host": "0"}]
)
def test_a_bad_mission_comes_back_filled(client, changes):
    project = ProjectFactory()
    client.force_login(manager_of(project.owner))
    data = form(host=project.owner.pk) | changes
    answer = client.post(reverse("volunteering:new", args=[project.slug]), data)
    assert answer.status_code == 422
    assert "Deux jours." in body(answer)
    assert not Mission.objects.exists()


def test_what_people_write_is_washed(client):
    project = ProjectFactory()
    client.force_login(manager_of(project.owner))
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    client.post(
        reverse("volunteering:new", args=[project.slug]), form(host=project.owner.pk, story=nasty, open="1")
    )
    mission = Mission.objects.get()
    assert "<script" not in mission.story
    assert (
        "<img"
        not in body(client.get(mission.get_absolute_url())).split("Ce que feront")[1].split("</section>")[0]
    )
    application = sent(mission, message=nasty)
    assert "<script>alert" not in body(client.get(application.url_for(application.applicant)))


def test_pages_for_strangers_hold_no_token(client):
    mission = accepted().mission
    for url in (reverse("volunteering:missions"), mission.get_absolute_url()):
        answer = client.get(url)
        assert "csrfmiddlewaretoken" not in body(answer)
        assert not answer.cookies


@pytest.mark.parametrize("name", ["add-step", "note", "decline", "log-hours"])
def test_a_form_posts_to_its_own_page(client, name):
    """What the browser would do with the page's form is what the tests above do by hand."""
    application = sent() if name == "decline" else accepted()
    client.force_login(application.applicant if name == "log-hours" else manager_of(application.mission.host))
    page = body(client.get(f"{application.get_absolute_url()}do/{name}/"))
    assert '<form class="form" method="post" action=""' in page
