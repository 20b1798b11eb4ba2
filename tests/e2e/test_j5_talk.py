"""J5: talking on a project, a campaign and a mission; reporting; moderating. With JavaScript and without."""

from __future__ import annotations

import pytest
from django.apps import apps

from core.models import ModerationCase
from plugins.forum.models import Post, Thread
from tests.e2e.conftest import DESKTOP, PHONE
from tests.factories import PersonFactory, ProjectFactory, ThemeFactory
from tests.forum.factories import answer, bulk_threads, open_thread, say


def subject_of(kind):
    """Something to talk about, or a skip where its plug-in is off."""
    if kind == "project":
        return ProjectFactory()
    plugin = {"campaign": "plugins.crowdfunding", "mission": "plugins.volunteering"}[kind]
    if not apps.is_installed(plugin):
        pytest.skip(f"{plugin} is off")
    if kind == "campaign":
        from tests.crowdfunding.factories import CampaignFactory

        return CampaignFactory()
    from tests.volunteering.factories import MissionFactory

    return MissionFactory()


def press(page):
    page.locator("main form[method=post] button[type=submit]").first.click()


@pytest.mark.parametrize("kind", ["project", "campaign", "mission"])
def test_a_guest_replies(kind, any_page, last_code, work):
    """J5, D3, D12: from the page of the thing to the published message: two typed fields and a code."""
    subject, page = subject_of(kind), any_page
    page.goto(subject.get_absolute_url())
    page.locator("#talk a.btn.main").click()
    page.locator("[name=text]").fill("Chez nous le samedi convient mieux. <b>Merci</b>")
    page.locator("[name=email]").fill("voisine@tiwizi.example")
    press(page)
    assert "Chez nous le samedi" in page.locator("main").inner_text()
    work()
    page.locator("[name=code]").fill(last_code("voisine@tiwizi.example"))
    press(page)
    post = Post.objects.get()
    assert page.url.endswith(post.get_absolute_url())
    assert "<b>Merci</b>" in page.locator("#post-1").inner_text()
    page.goto(subject.get_absolute_url())
    assert "Chez nous le samedi" in page.locator("#talk").inner_text()
    # Signed in now: the second message needs no code.
    page.locator("#talk a.btn.main").click()
    page.locator("[name=text]").fill("Et le dimanche aussi.")
    press(page)
    assert page.locator("#post-2").is_visible()
    assert Thread.objects.get().reply_count == 2


@pytest.mark.smoke
def test_report_hide_and_restore(any_page, new_page, sign_in):
    """J5: another person reports, an animator hides, it is gone for readers, and comes back."""
    post = say(ProjectFactory(), "Une parole blessante")
    url = post.get_absolute_url()
    page = any_page
    sign_in(page, PersonFactory())
    page.goto(url)
    page.locator("#post-1 a", has_text="Signaler").click()
    page.locator("[name=reason]").fill("C'est une insulte")
    press(page)

    animator, reader = new_page(viewport=PHONE), new_page(viewport=PHONE)
    sign_in(animator, PersonFactory(is_animator=True))
    animator.goto("/fr/moderation/")
    animator.locator(f"main a[href$='/moderation/{ModerationCase.objects.get().pk}/']").first.click()
    animator.locator("[name=answer]").fill("En effet, merci.")
    animator.locator("button[value=hide]").click()
    reader.goto(url)
    assert "blessante" not in reader.content()
    assert reader.locator("#post-1").is_visible()

    animator.goto(url)
    animator.locator("#post-1 a", has_text="Modérer").click()
    animator.locator("[name=reason]").fill("Relu à deux, rien de grave")
    press(animator)
    reader.reload()
    assert "blessante" in reader.locator("#post-1").inner_text()


def test_an_animator_hides_and_locks_from_the_thread(any_page, new_page, sign_in):
    """J5: without any report, with a reason that stays."""
    thread = open_thread("Un sujet")
    page = any_page
    sign_in(page, PersonFactory(is_animator=True))
    page.goto(thread.get_absolute_url())
    page.locator("main a", has_text="Modérer l’échange").click()
    page.locator("input[value=lock]").check()
    page.locator("[name=reason]").fill("Tout est dit")
    press(page)
    reader = new_page(js=False)
    reader.goto(thread.get_absolute_url())
    assert reader.locator("main a", has_text="Répondre").count() == 0


def test_an_author_edits_and_deletes(any_page, sign_in):
    post = say(ProjectFactory(), "Lundi")
    page = any_page
    sign_in(page, post.author)
    page.goto(post.get_absolute_url())
    page.locator("#post-1 a", has_text="Modifier").click()
    page.locator("[name=text]").fill("Mardi")
    press(page)
    assert "Mardi" in page.locator("#post-1").inner_text()
    page.locator("#post-1 a", has_text="Supprimer").click()
    press(page)
    assert "Mardi" not in page.locator("#post-1").inner_text()


def test_a_free_discussion(any_page, sign_in):
    """D3: thematic exchanges beside those on things."""
    theme = ThemeFactory(slug="eau", name_fr="Eau")
    page = any_page
    sign_in(page, PersonFactory())
    page.goto("/fr/forum/")
    page.locator("main a.btn.main").first.click()
    page.locator("[name=title]").fill("Qui a déjà creusé un forage ?")
    page.locator("[name=text]").fill("Nous cherchons une entreprise sérieuse.")
    page.locator("[name=theme]").select_option(str(theme.pk))
    press(page)
    assert page.locator("h1").inner_text() == "Qui a déjà creusé un forage ?"
    page.goto("/fr/forum/?theme=eau")
    assert page.locator(".threads > li").count() == 1


@pytest.fixture
def talk(site):
    """A thread with a bit of everything, a long one, and a free one."""
    project = ProjectFactory()
    first = say(
        project,
        "Qui peut prêter un camion ?\n\nVoir https://tiwizi.example/plan.",
        author=PersonFactory(name="Aïcha"),
    )
    answer(first, "> Qui peut prêter un camion ?\n\nNous, le samedi.", author=PersonFactory(name="Rachid"))
    answer(
        first, "يمكنني المساعدة في تكوين الأسر خلال عطلة دجنبر.", author=PersonFactory(name="عضو من الجالية")
    )
    open_thread(
        "Où vendre l'huile d'argan ?", theme=ThemeFactory(name_fr="Coopératives", name_ar="التعاونيات")
    )
    bulk_threads(25, 2)
    return project


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_axe_finds_nothing(language, viewport, talk, new_page, sign_in, look, watch):
    """Every page of J5, in both directions and both widths."""
    watch.forgive("400 (Bad Request)")
    reader, member = (new_page(viewport=viewport, language=language) for _ in range(2))
    sign_in(member, PersonFactory(is_animator=True, name="Animatrice"))
    thread = Thread.objects.on(talk.ref).get()
    post = thread.posts.first()
    home = f"/{language}/forum/"
    thread_url = thread.get_absolute_url().replace("/fr/", f"/{language}/")
    reading = {
        "subject": talk.get_absolute_url().replace("/fr/", f"/{language}/"),
        "index": home,
        "empty": f"{home}?q=rien",
        "thread": thread_url,
        "reply": f"{home}reply/core.project/{talk.uid}/",
        "answer": f"{home}reply/core.project/{talk.uid}/?to=1&quote=1",
        "new": f"{home}new/",
        "home": f"/{language}/",
    }
    doing = {
        "m_thread": thread_url,
        "m_index": home,
        "m_moderate": f"{home}post/{post.uid}/moderate/",
        "m_lock": f"{home}{thread.pk}/moderate/",
        "m_history": f"{home}post/{post.uid}/history/",
        "m_level": f"{home}{thread.pk}/level/",
    }
    for page, pages in ((reader, reading), (member, doing)):
        for url in pages.values():
            look(page, url)
    reader.goto(reading["reply"])
    press(reader)
    look(reader)
    reader.locator("[name=text]").fill("Bonjour")
    reader.locator("[name=email]").fill("a@tiwizi.example")
    press(reader)
    look(reader)
