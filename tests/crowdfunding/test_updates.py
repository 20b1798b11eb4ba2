"""News of a campaign: published once, told to each backer once, read by whom it is for."""

from __future__ import annotations

import secrets

import pytest

from core.domain import moderation
from core.domain.mail import deliver_letters, stop_link
from core.models import JournalEntry, Letter
from plugins.crowdfunding import tasks
from plugins.crowdfunding.domain import pledges, updates
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.models import Update
from tests.crowdfunding.factories import CampaignFactory, manager, promise, received
from tests.factories import OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db
TEXTS = {
    "fr": {"title": "Les bocaux sont là", "body": "<p>Trois cents.</p><script>x</script>"},
    "ar": {"title": "وصلت القنينات", "body": "<p>ثلاثمائة.</p>"},
}


@pytest.fixture
def campaign():
    return CampaignFactory()


def news(campaign, *, published=True, backers_only=False):
    key = secrets.token_urlsafe(24)
    made = updates.write(campaign, TEXTS, by=None, backers_only=backers_only, language="fr", form_key=key)
    return updates.publish(made, by=None) if published else made


def page(campaign, rest=""):
    return f"/fr/crowdfunding/campaigns/{campaign.slug}/news/{rest}"


def of(update, rest=""):
    return f"/fr/crowdfunding/news/{update.uid}/{rest}"


def test_each_backer_gets_it_once_in_her_language(campaign, mailoutbox):
    promise(campaign, email="a@x.example")
    received(campaign, email="a@x.example")
    received(campaign, email="b@x.example", language="ar")
    pledges.cancel(promise(campaign, email="gone@x.example"))
    promise(campaign, email="")
    news(campaign)
    tasks.tell_backers.call()
    tasks.tell_backers.call()
    deliver_letters()
    told = {mail.to[0]: mail for mail in mailoutbox if "الق" in mail.subject or "bocaux" in mail.subject}
    assert set(told) == {"a@x.example", "b@x.example"}
    assert len([mail for mail in mailoutbox if "bocaux" in mail.subject]) == 1
    assert "ثلاثمائة" in told["b@x.example"].body
    assert "Trois cents." in told["a@x.example"].body
    assert "List-Unsubscribe" in told["a@x.example"].extra_headers


def test_who_stopped_letters_gets_none(client, campaign, mailoutbox):
    received(campaign, email="quiet@x.example")
    client.post(stop_link("fr", email="quiet@x.example"), {"List-Unsubscribe": "One-Click"})
    news(campaign)
    updates.tell()
    deliver_letters()
    assert not any("bocaux" in mail.subject for mail in mailoutbox)


def test_letters_go_on_where_they_stopped(campaign, monkeypatch):
    for n in range(5):
        received(campaign, email=f"{n}@x.example")
    update = news(campaign)
    monkeypatch.setattr(updates, "AT_ONCE", 2)
    assert updates.tell_some(update) == 2
    assert Update.objects.get().told_until
    assert updates.tell() == 3
    assert Update.objects.get().told_until is None
    Update.objects.update(told_until=0)
    updates.tell()
    assert Letter.objects.filter(key__startswith="crowdfunding.update.").count() == 5


def test_it_is_published_once(campaign):
    draft = news(campaign, published=False)
    updates.publish(draft, by=None)
    with pytest.raises(NotPossible):
        updates.publish(draft, by=None)
    assert JournalEntry.objects.filter(verb="crowdfunding.update.published").count() == 1
    waiting = CampaignFactory(state="draft")
    with pytest.raises(NotPossible):
        news(waiting)


def test_everybody_reads_it_and_the_timeline_names_it(client, campaign):
    update = news(campaign)
    answer = client.get(of(update))
    assert answer.status_code == 200
    assert "<script>x" not in answer.content.decode()
    assert "Les bocaux sont là" in client.get(campaign.get_absolute_url()).content.decode()
    assert "Les bocaux sont là" in client.get(campaign.project.get_absolute_url()).content.decode()
    assert "وصلت القنينات" in client.get(of(update).replace("/fr/", "/ar/")).content.decode()


def test_news_for_backers_open_by_their_link_alone(client, campaign):
    update = news(campaign, backers_only=True)
    backer, ended = promise(campaign), pledges.cancel(promise(campaign, email="b@x.example"))
    for place in (page(campaign), campaign.get_absolute_url(), campaign.project.get_absolute_url()):
        assert "bocaux" not in client.get(place).content.decode()
    closed = client.get(of(update))
    assert (closed.status_code, "bocaux" in closed.content.decode()) == (403, False)
    opened = client.get(f"/fr/crowdfunding/pledges/{backer.token}/news/{update.uid}/")
    assert "Les bocaux sont là" in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert "bocaux" in client.get(backer.get_absolute_url()).content.decode()
    assert client.get(f"/fr/crowdfunding/pledges/{ended.token}/news/{update.uid}/").status_code == 403
    assert "bocaux" not in client.get(ended.get_absolute_url()).content.decode()
    other = promise(CampaignFactory())
    assert client.get(f"/fr/crowdfunding/pledges/{other.token}/news/{update.uid}/").status_code == 404
    assert not JournalEntry.objects.filter(verb="crowdfunding.update.published", public=True).exists()


def test_corrections_and_withdrawals_leave_a_trace(client, campaign):
    update = news(campaign)
    client.force_login(manager(campaign.collector))
    data = {"title_fr": "Quatre cents bocaux", "body_fr": "Recomptés.", "form_key": update.form_key}
    assert client.post(of(update, "edit/"), data).status_code == 302
    client.logout()
    seen = client.get(of(update)).content.decode()
    assert "Quatre cents bocaux" in seen
    assert "corrigée le" in seen
    updates.withdraw(update, by=None)
    gone = client.get(of(update))
    assert (gone.status_code, "bocaux" in gone.content.decode()) == (410, False)
    assert "retirée le" in client.get(page(campaign)).content.decode()
    project = client.get(campaign.project.get_absolute_url()).content.decode()
    assert "Quatre cents bocaux" not in project
    with pytest.raises(NotPossible):
        updates.withdraw(update, by=None)
    with pytest.raises(NotPossible):
        updates.edit(update, TEXTS, by=None, backers_only=False)


def test_what_was_for_backers_is_never_opened_to_all(campaign):
    update = news(campaign, backers_only=True)
    assert updates.edit(update, TEXTS, by=None, backers_only=False).backers_only


def test_moderation_hides_and_shows_again(client, campaign):
    update = news(campaign)
    animator = PersonFactory(is_animator=True)
    case, _made = moderation.report(update, reporter=PersonFactory(), reason="faux")
    moderation.decide(case, by=animator, accept=True)
    assert client.get(of(update)).status_code == 404
    assert "bocaux" not in client.get(campaign.get_absolute_url()).content.decode()
    assert Update.objects.get().told_until is None
    updates.restore(Update.objects.get(), animator)
    assert client.get(of(update)).status_code == 200


def test_the_team_writes_publishes_and_deletes(client, campaign):
    promise(campaign)
    client.force_login(manager(campaign.collector))
    form = client.get(page(campaign, "new/")).context["form"]
    data = {"title_fr": "Bonnes nouvelles", "body_fr": "a\n\nb", "form_key": form["form_key"].value()}
    assert client.post(page(campaign, "new/"), {**data, "title_fr": ""}).status_code == 422
    first = client.post(page(campaign, "new/"), data)
    assert client.post(page(campaign, "new/"), data).url == first.url
    update = Update.objects.get()
    assert update.body == "<p>a</p><p>b</p>"
    assert "1 soutien reçoit" in client.get(of(update, "act/publish/")).content.decode()
    client.post(of(update, "act/publish/"))
    client.post(of(update, "act/publish/"))
    assert Update.objects.get().state == "published"
    client.post(page(campaign, "new/"), {**data, "form_key": secrets.token_urlsafe(24)})
    draft = Update.objects.get(state="draft")
    client.post(of(draft, "act/withdraw/"))
    assert not Update.objects.filter(state="draft").exists()


def test_strangers_neither_write_nor_see_drafts(client, campaign):
    draft = news(campaign, published=False)
    for person in (None, PersonFactory(), manager(OrganisationFactory())):
        client.logout()
        if person is not None:
            client.force_login(person)
        refused = 302 if person is None else 403
        assert client.get(of(draft)).status_code == 404
        assert "bocaux" not in client.get(page(campaign)).content.decode()
        assert client.get(page(campaign, "new/")).status_code == refused
        assert client.get(of(draft, "edit/")).status_code == refused
        assert client.post(of(draft, "act/publish/")).status_code == refused
    assert Update.objects.get().state == "draft"
    assert client.get(of(Update(uid="nothing"))).status_code == 404


def test_lists_go_on_page_by_page(client, campaign):
    for _n in range(23):
        news(campaign)
    first = client.get(page(campaign)).context["page"]
    assert len(first.rows) == 20
    assert len(client.get(page(campaign), {"after": first.after}).context["page"].rows) == 3
    assert client.get(page(campaign), {"after": "x"}).status_code == 200
