"""What people see and send: lists, forms, answers from an e-mail."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from core.models import Letter, Notice, Person
from plugins.volunteering.domain import applications
from plugins.volunteering.models import Application, Mission, PlanStep
from plugins.volunteering.models.links import ANSWER_SALT, answer_token
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    ProjectFactory,
    TerritoryFactory,
)
from tests.volunteering.factories import MissionFactory, SkillFactory, accepted, animator, manager_of, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uncached(settings):
    settings.PAGE_CACHE_SECONDS = 0


def body(answer) -> str:
    return answer.content.decode()


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


def test_a_guest_applies_with_two_fields(client):
    """D6, ANCHORS 6: an address and a message, no account; the private link is mailed, not shown."""
    mission = MissionFactory()
    url = reverse("volunteering:apply", args=[mission.slug])
    page = client.get(url)
    assert [field.name for field in page.context["form"].visible_fields()] == ["email", "message"]
    answer = client.post(url, {"email": "Fatima@Tiwizi.example", "message": "Je peux aider"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("volunteering:applied", args=[mission.slug])
    application = Application.objects.get()
    assert application.applicant.email == "fatima@tiwizi.example"
    assert application.uid not in body(answer)
    assert not application.applicant.has_usable_password()


def test_applying_again_says_the_same_and_tells_nobody_who_applied(client):
    application = sent()
    url = reverse("volunteering:apply", args=[application.mission.slug])
    known = client.post(url, {"email": application.applicant.email, "message": "Encore"})
    fresh = client.post(url, {"email": "autre@tiwizi.example", "message": "Encore"})
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    assert Application.objects.count() == 2
    assert Letter.objects.filter(to=application.applicant.email).count() == 2  # the link once more
    application.refresh_from_db()
    assert application.message == "Je peux aider"


@pytest.mark.parametrize(
    "data",
    [
        {"email": "", "message": "x"},
        {"email": "nope", "message": "x"},
        {"email": "a@b.example", "message": " "},
    ],
)
def test_a_bad_offer_comes_back_with_the_form_still_filled(client, data):
    mission = MissionFactory()
    answer = client.post(reverse("volunteering:apply", args=[mission.slug]), data)
    assert answer.status_code == 422
    assert 'role="alert"' in body(answer)
    assert data["email"] in body(answer)
    assert not Application.objects.exists()
    assert not Person.objects.filter(email="a@b.example").exists()


def test_too_late_offers_similar_missions(client):
    skill = SkillFactory()
    mission, like, unlike = MissionFactory(state="filled"), MissionFactory(), MissionFactory()
    mission.skills.add(skill)
    like.skills.add(skill)
    answer = client.post(
        reverse("volunteering:apply", args=[mission.slug]), {"email": "a@b.example", "message": "x"}
    )
    assert answer.status_code == 409
    assert list(answer.context["similar"]) == [like, unlike]
    assert not Application.objects.exists()


def test_one_address_is_not_flooded(client):
    for number in range(6):
        url = reverse("volunteering:apply", args=[MissionFactory().slug])
        answer = client.post(url, {"email": "cible@tiwizi.example", "message": "x"})
        assert answer.status_code == (302 if number < 5 else 429)
    assert Application.objects.count() == 5
    assert "cible@tiwizi.example" in body(answer)


def test_somebody_signed_in_types_a_message_only(client):
    person = PersonFactory()
    client.force_login(person)
    mission = MissionFactory()
    answer = client.post(reverse("volunteering:apply", args=[mission.slug]), {"message": "Moi"})
    application = Application.objects.get(applicant=person)
    assert answer["Location"] == reverse("volunteering:application", args=[application.uid])
    assert application.confirmed_at is not None


def test_opening_the_private_link_confirms_the_address(client):
    application = sent()
    answer = client.get(application.url_for(application.applicant))
    assert answer.status_code == 200
    application.refresh_from_db()
    assert application.confirmed_at is not None


def answering(application, person=None):
    person = person or manager_of(application.mission.host)
    return reverse("volunteering:answer", args=[answer_token(application, person)]), person


def test_an_organisation_accepts_from_the_mail_with_one_click_and_one_page(client):
    """ANCHORS 6: one click and one confirmation, without signing in."""
    application = sent()
    url, person = answering(application)
    assert application.url_for(person) == url
    page = client.get(url)
    assert application.message in body(page)
    application.refresh_from_db()
    assert application.state == Application.State.SENT  # reading it changes nothing
    assert client.post(url, {"choice": "accept"}).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.decided_by) == (Application.State.ACCEPTED, person)
    again = client.post(url, {"choice": "decline", "reason": "non"})
    assert again.status_code == 200
    application.refresh_from_db()
    assert application.state == Application.State.ACCEPTED


@pytest.mark.parametrize("data", [{"choice": "decline", "reason": ""}, {"choice": "burn"}, {}])
def test_an_incomplete_answer_changes_nothing(client, data):
    application = sent()
    url, _person = answering(application)
    answer = client.post(url, data)
    assert answer.status_code == 422
    application.refresh_from_db()
    assert application.state == Application.State.SENT


def test_a_link_of_somebody_who_left_opens_nothing(client):
    """D22: presidents change: the link is only as good as the role today."""
    application = sent()
    url, person = answering(application)
    person.memberships.update(until=timezone.localdate())
    answer = client.post(url, {"choice": "accept"})
    assert answer["Location"] == reverse("volunteering:application", args=[application.uid])
    application.refresh_from_db()
    assert application.state == Application.State.SENT


def test_a_link_made_for_an_animator_does_not_answer(client):
    application = sent()
    url, _person = answering(application, animator())
    assert client.post(url, {"choice": "accept"}).status_code == 302
    application.refresh_from_db()
    assert application.state == Application.State.SENT


def test_links_expire_and_cannot_be_forged(client, monkeypatch):
    application = sent()
    url, person = answering(application)
    forged = signing.dumps([application.uid, person.uid], salt="another", compress=True)
    assert client.get(reverse("volunteering:answer", args=[forged])).status_code == 404
    strange = signing.dumps("x", salt=ANSWER_SALT, compress=True)
    assert client.get(reverse("volunteering:answer", args=[strange])).status_code == 404
    monkeypatch.setattr("plugins.volunteering.models.links.ANSWER_LINK_LIVES", timedelta(seconds=-1))
    assert client.get(url).status_code == 410


def test_a_full_mission_says_so_on_the_answer_page(client):
    mission = MissionFactory(people=1)
    late = sent(mission)
    accepted(mission)
    url, _person = answering(late)
    answer = client.post(url, {"choice": "accept"})
    assert answer.status_code == 422
    assert "Toutes les places sont prises" in body(answer)


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


def test_notices_lead_to_the_private_link_and_to_the_answer():
    application = sent()
    manager = manager_of(application.mission.host)
    applications.leave_note(application, side="volunteer", by=application.applicant, text="Une question")
    assert Notice.objects.filter(person=manager).exists()
    assert "/answer/" in application.url_for(manager)
    assert "/key/" in application.url_for(application.applicant)
    applications.accept(application, by=manager)
    assert application.url_for(manager) == application.get_absolute_url()


@pytest.mark.parametrize("name", ["add-step", "note", "decline", "log-hours"])
def test_a_form_posts_to_its_own_page(client, name):
    """What the browser would do with the page's form is what the tests above do by hand."""
    application = sent() if name == "decline" else accepted()
    client.force_login(application.applicant if name == "log-hours" else manager_of(application.mission.host))
    page = body(client.get(f"{application.get_absolute_url()}do/{name}/"))
    assert '<form class="form" method="post" action=""' in page
