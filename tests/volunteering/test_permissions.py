"""Who may see and do what: everything not said here is refused."""

import pytest
from django.urls import reverse
from django.utils import timezone

from plugins.volunteering.domain import engagements
from plugins.volunteering.models import Application, Mission
from plugins.volunteering.models.links import private_token
from plugins.volunteering.views.allowed import ACTIONS
from tests.factories import PersonFactory
from tests.volunteering.factories import MissionFactory, accepted, animator, manager_of, sent

pytestmark = pytest.mark.django_db
SECRET = "phrase-que-personne-ne-doit-lire"
WHO = ("guest", "stranger", "applicant", "link", "other applicant", "host", "other host", "animator")
PRIVATE = {"applicant", "link", "host"}


@pytest.fixture
def case(db):
    """An application that waits, one accepted with hours, and everybody around them."""
    mission = MissionFactory()
    waiting = sent(mission, message=SECRET)
    going = accepted(mission)
    Application.objects.filter(pk=going.pk).update(message=SECRET)
    going.refresh_from_db()
    going.hours_entry = engagements.log_hours(
        going.engagement, by=going.applicant, day=timezone.localdate(), minutes=60, text=SECRET
    )
    other = MissionFactory()
    return {
        "waiting": waiting,
        "going": going,
        "people": {
            "stranger": PersonFactory(),
            "other applicant": sent(other).applicant,
            "host": manager_of(mission.host),
            "other host": manager_of(other.host),
            "animator": animator(),
        },
    }


def place(case, who, application, client, name="", row=None):
    """Sign in as somebody and give the address of the application, or of an action, as they reach it."""
    client.logout()
    if who == "applicant":
        client.force_login(application.applicant)
    elif who in case["people"]:
        client.force_login(case["people"][who])
    words = [application.uid] + ([private_token(application)] if who == "link" else [])
    view = "private" if who == "link" else "application"
    if name:
        view = ("private_act" if who == "link" else "act") + ("_on" if row else "")
        words += [name] + ([row] if row else [])
    return reverse(f"volunteering:{view}", args=words)


@pytest.mark.parametrize("who", WHO)
def test_an_application_is_read_by_its_two_sides_only(case, client, who):
    """Texts are private: the animator sees the plan without them, all others nothing at all."""
    for application in (case["waiting"], case["going"]):
        answer = client.get(place(case, who, application, client))
        body = answer.content.decode()
        expected = {"guest": 302, "animator": 200}.get(who, 200 if who in PRIVATE else 404)
        assert answer.status_code == expected
        assert (SECRET in body) == (who in PRIVATE)
        assert application.applicant.email not in body or who == "host"
        if who in PRIVATE:
            assert answer["Cache-Control"].find("no-store") >= 0


ALLOWED = {
    ("waiting", "applicant"): {"withdraw", "note"},
    ("waiting", "host"): {"accept", "shortlist", "decline", "note"},
    ("going", "applicant"): {
        "note", "add-step", "stop", "log-hours", "done", "hand-over", "edit-step", "drop-step", "change-hours",
        "remove-hours",
    },
    ("going", "host"): {
        "note", "add-step", "stop", "finish", "done", "hand-over", "edit-step", "drop-step", "confirm-hours",
        "refuse-hours",
    },
}  # fmt: skip


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("which", ["waiting", "going"])
def test_each_action_is_for_whom_it_is_for(case, client, who, which):
    """The whole matrix of persons and actions, asked for with GET and with POST; a refusal changes nothing."""
    for name in sorted(ACTIONS):
        ask(case, client, who, which, name)


def ask(case, client, who, which, name):
    application = case[which]
    target = ACTIONS[name].target
    row = None
    if target == "step":
        row = application.steps.get(state="current").pk
    if target == "hours":
        row = case["going"].hours_entry.pk
    url = place(case, who, application, client, name, row)
    may = name in ALLOWED.get((which, {"link": "applicant"}.get(who, who)), set())
    if may:
        assert client.get(url).status_code == 200
        return
    before = snapshot(application)
    for answer in (client.get(url), client.post(url, {"reason": "x", "text": "x", "message": "x"})):
        if who == "guest":
            assert answer.status_code == 302
            assert "/login" in answer["Location"]
        elif who in PRIVATE:
            assert answer.status_code in {302, 403, 404}
        elif who == "animator":
            assert answer.status_code in {403, 404}
        else:
            assert answer.status_code == 404
        assert SECRET not in answer.content.decode() or who in PRIVATE
    assert snapshot(application) == before


def snapshot(application):
    fresh = Application.objects.get(pk=application.pk)
    return (
        fresh.state,
        list(fresh.steps.values_list("pk", "state", "side", "due")),
        fresh.notes.count(),
        list(fresh.engagement.hours.values_list("state", "minutes"))
        if hasattr(fresh, "engagement")
        else None,
    )


def test_a_link_opens_one_application_only(case, client):
    wrong = private_token(case["going"])
    assert client.get(reverse("volunteering:private", args=[case["waiting"].uid, wrong])).status_code == 404
    assert client.get(reverse("volunteering:private", args=[case["waiting"].uid, "x"])).status_code == 404
    client.force_login(case["people"]["host"])  # a manager does not become the applicant by a bad link either
    assert client.get(reverse("volunteering:private", args=[case["waiting"].uid, wrong])).status_code == 404


def test_a_row_of_another_application_is_not_found(case, client):
    client.force_login(case["people"]["host"])
    step = case["waiting"].steps.get().pk
    url = reverse("volunteering:act_on", args=[case["going"].uid, "done", step])
    assert client.post(url).status_code == 404
    assert client.get(reverse("volunteering:act", args=[case["going"].uid, "nonsense"])).status_code == 404
    assert client.get(reverse("volunteering:act", args=[case["going"].uid, "done"])).status_code == 404


@pytest.mark.parametrize("who", WHO)
def test_desks_and_stalled_lists(case, client, who):
    place(case, who, case["waiting"], client)
    desk = client.get(reverse("volunteering:desk", args=[case["waiting"].mission.host.slug]))
    stalled = client.get(reverse("volunteering:stalled"))
    guest = who in {"guest", "link"}
    assert desk.status_code == (302 if guest else 200 if who == "host" else 403)
    assert stalled.status_code == (302 if guest else 200 if who == "animator" else 403)
    assert client.get(reverse("volunteering:mine")).status_code == (302 if guest else 200)
    assert client.get(reverse("volunteering:desks")).status_code == (302 if guest or "host" in who else 200)


@pytest.mark.parametrize("who", WHO)
def test_missions_are_written_by_the_host_and_the_animators(case, client, who):
    mission = case["waiting"].mission
    place(case, who, case["waiting"], client)
    may = who in {"host", "animator"}
    edit = client.get(reverse("volunteering:edit", args=[mission.slug]))
    move = client.post(reverse("volunteering:move", args=[mission.slug]), {"to": "close"})
    guest = who in {"guest", "link"}
    assert edit.status_code == (302 if guest else 200 if may else 403)
    assert move.status_code == (302 if may or guest else 403)
    mission.refresh_from_db()
    assert mission.state == (Mission.State.CLOSED if may else Mission.State.OPEN)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("change", [{"state": "draft"}, {"hidden": True}])
def test_drafts_and_hidden_missions_are_seen_by_who_may_edit_them(case, client, who, change):
    mission = case["waiting"].mission
    Mission.objects.filter(pk=mission.pk).update(**change)
    place(case, who, case["waiting"], client)
    seen = client.get(mission.get_absolute_url()).status_code
    assert seen == (200 if who in {"host", "animator"} else 404)
    assert client.get(reverse("volunteering:apply", args=[mission.slug])).status_code == 404
    assert mission.title not in client.get(reverse("volunteering:missions")).content.decode()
    assert client.get(f"/api/v1/volunteering/missions/{mission.uid}/").status_code != 200


def test_a_project_takes_missions_from_those_who_answer_for_it(case, client):
    project = case["waiting"].mission.project
    url = reverse("volunteering:new", args=[project.slug])
    assert client.get(url).status_code == 302
    for who, expected in (("stranger", 403), ("other host", 403), ("animator", 200)):
        client.force_login(case["people"][who])
        assert client.get(url).status_code == expected
    client.force_login(manager_of(project.owner))
    assert client.get(url).status_code == 200
