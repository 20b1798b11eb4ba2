"""Messages between instances: what leaves, what comes in, and who may change it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.contract import RemoteObject, SubjectRef, Text
from core.models import JournalEntry
from core.registry import registry
from plugins.forum import verbs
from plugins.forum.domain import posts, threads, travel
from plugins.forum.models import Post, Thread
from tests.factories import PersonFactory, ProjectFactory
from tests.forum.factories import answer, open_thread, say

pytestmark = pytest.mark.django_db
ORIGIN = "https://argenteuil.tiwizi.example"


def note(to, *, number=1, author="u1", text="<p>Bonjour d'ici</p>", **fields):
    """A verified message of another instance."""
    options = {
        "uri": f"{ORIGIN}/ap/o/{number}",
        "type": "Note",
        "url": f"{ORIGIN}/fr/forum/{number}",
        "origin": ORIGIN,
        "origin_name": "Argenteuil",
        "author_uri": f"{ORIGIN}/ap/u/{author}",
        "author_name": "Samira",
        "texts": {"fr": Text(content=text)},
        "language": "fr",
        "published": timezone.now() - timedelta(hours=2),
        "in_reply_to": to,
        **fields,
    }
    return RemoteObject(**options)


def test_a_reply_to_a_project_is_taken_in():
    """D20, J6: a reply written there appears here."""
    project = ProjectFactory()
    ref = travel.receive(note(project.ref))
    post = Post.objects.get()
    assert post.ref == ref
    assert (post.number, post.author, post.shown_author, post.origin_name) == (
        1,
        None,
        "Samira",
        "Argenteuil",
    )
    assert post.thread.about == project
    assert JournalEntry.objects.filter(verb=verbs.RECEIVED).count() == 1


def test_a_reply_to_a_message_stands_in_its_thread():
    first = say(ProjectFactory())
    travel.receive(note(first.ref))
    post = Post.objects.get(number=2)
    assert (post.in_reply_to, post.thread) == (first, first.thread)


def test_the_same_message_twice_is_one():
    project = ProjectFactory()
    assert travel.receive(note(project.ref)) == travel.receive(note(project.ref))
    assert Post.objects.count() == 1
    assert JournalEntry.objects.filter(verb=verbs.RECEIVED).count() == 1


def test_a_late_message_takes_the_next_number_and_keeps_its_date():
    """ANCHORS §4."""
    first = say(ProjectFactory())
    before = Thread.objects.get().last_posted_at
    old = timezone.now() - timedelta(days=3)
    travel.receive(note(first.ref, published=old))
    late, thread = Post.objects.get(number=2), Thread.objects.get()
    assert late.posted_at == old
    assert (thread.last_posted_at, thread.last_post) == (before, late)


def test_a_message_from_the_future_is_of_now():
    travel.receive(note(ProjectFactory().ref, published=timezone.now() + timedelta(days=365)))
    assert Post.objects.get().posted_at <= timezone.now()


def test_only_its_author_edits():
    project = ProjectFactory()
    travel.receive(note(project.ref))
    assert travel.receive(note(project.ref, author="u2", text="<p>Volé</p>")) is None
    assert "Volé" not in Post.objects.get().html
    travel.receive(note(project.ref, text="<p>Corrigé</p>"))
    post = Post.objects.get()
    assert "Corrigé" in post.html
    assert post.edited_at is not None
    assert "Bonjour" in post.revisions.get().html


def test_only_its_author_removes():
    project = ProjectFactory()
    ref = travel.receive(note(project.ref))
    travel.remove(ref, f"{ORIGIN}/ap/u/u2")
    assert Post.objects.get().state == "visible"
    travel.remove(ref, f"{ORIGIN}/ap/u/u1")
    post = Post.objects.get()
    assert (post.state, post.html, post.number) == ("deleted", "", 1)
    assert Thread.objects.get().reply_count == 0


def test_no_remote_author_removes_a_local_message():
    post = say(ProjectFactory())
    travel.remove(post.ref, "")
    post.refresh_from_db()
    assert post.state == "visible"


def test_what_was_withdrawn_and_sent_again_returns():
    project = ProjectFactory()
    ref = travel.receive(note(project.ref))
    travel.remove(ref, f"{ORIGIN}/ap/u/u1")
    travel.receive(note(project.ref, text="<p>Encore moi</p>"))
    assert Post.objects.get().is_visible


def test_what_was_hidden_here_stays_hidden():
    project = ProjectFactory()
    travel.receive(note(project.ref))
    posts.hide(Post.objects.get(), PersonFactory(is_animator=True), reason="Insulte")
    travel.receive(note(project.ref, text="<p>Autre insulte</p>"))
    assert Post.objects.get().state == "hidden"


def test_hostile_html_is_washed():
    travel.receive(
        note(ProjectFactory().ref, text="<p onclick=x>Bon<script>alert(1)</script><img src=x></p>")
    )
    assert Post.objects.get().html == "<p>Bon</p>"


@pytest.mark.parametrize("text", ["", "<script>x</script>", "<p>" + "a" * travel.LONGEST_HTML + "</p>"])
def test_nothing_or_too_much_is_refused(text):
    assert travel.receive(note(ProjectFactory().ref, text=text)) is None
    assert not Thread.objects.exists()


def test_what_is_not_open_takes_nothing():
    hidden = ProjectFactory(status="withdrawn")
    assert travel.receive(note(hidden.ref)) is None
    assert travel.receive(note(SubjectRef("core.project", "nobody"))) is None
    assert travel.receive(note(None)) is None
    first = say(ProjectFactory())
    threads.lock(first.thread, by=PersonFactory(is_animator=True), reason="Fin")
    assert travel.receive(note(first.ref)) is None
    assert Post.objects.count() == 1


def test_what_is_accepted():
    project = ProjectFactory()
    assert travel.accepts(note(project.ref))
    assert travel.accepts(note(say(project).ref))
    assert not travel.accepts(note(None))
    assert not travel.accepts(note(project.owner.ref))
    assert not travel.accepts(note(project.ref, type="Article"))


def test_what_leaves():
    project = ProjectFactory()
    first = say(project, "Qui vient ?")
    second = answer(first, "Moi")
    public = travel.describe(second)
    assert (public.in_reply_to, public.context, public.author) == (first.ref, project.ref, second.author)
    assert public.texts == {"fr": Text(content="<p>Moi</p>")}
    assert travel.describe(first).in_reply_to == project.ref
    posts.hide(first, PersonFactory(is_animator=True))
    assert travel.describe(first) is None
    second.refresh_from_db()
    assert travel.describe(Post.objects.get(pk=second.pk)).in_reply_to == project.ref


def test_what_came_from_elsewhere_or_is_private_does_not_leave():
    project = ProjectFactory()
    travel.receive(note(project.ref))
    assert travel.describe(Post.objects.get()) is None
    mine = say(project)
    project.status = "withdrawn"
    project.save()
    assert travel.describe(Post.objects.get(pk=mine.pk)) is None


def test_a_message_on_a_remote_project_leaves_for_its_origin():
    """J6: what is said here on a project of elsewhere answers that project."""
    remote = ProjectFactory(origin_uri=f"{ORIGIN}/ap/o/p1", origin_name="Argenteuil", owner=None)
    assert travel.describe(say(remote)).in_reply_to == remote.ref


def test_the_opening_of_a_free_thread_carries_its_title():
    thread = open_thread("Vendre <ensemble>")
    public = travel.describe(thread.posts.get())
    assert public.texts["fr"].content.startswith("<p><strong>Vendre &lt;ensemble&gt;</strong></p>")
    assert public.in_reply_to is None


def test_the_mapping_is_whole():
    mapping = next(mapping for mapping in registry.mappings() if mapping.subject == "forum.post")
    assert mapping.object_type == "Note"
    assert set(mapping.verbs) <= {verb.name for verb in registry.verbs()}
    say(ProjectFactory())
    assert list(mapping.public()) == [Post.objects.get()]


def test_a_hidden_message_withdrawn_and_sent_again_stays_hidden():
    """Moderation is not undone by deleting at the origin and posting again."""
    project = ProjectFactory()
    ref = travel.receive(note(project.ref))
    posts.hide(Post.objects.get(), PersonFactory(is_animator=True), reason="Insulte")
    travel.remove(ref, f"{ORIGIN}/ap/u/u1")
    post = Post.objects.get()
    assert (post.state, post.html) == ("hidden", "")
    assert not post.revisions.exists()
    travel.receive(note(project.ref, text="<p>Encore une insulte</p>"))
    assert Post.objects.get().state == "hidden"
