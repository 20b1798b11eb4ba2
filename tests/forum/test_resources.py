"""What the forum hands to core: figures, privacy, demo-sized data."""

from __future__ import annotations

import pytest

from core.domain import moderation
from core.models import Confirmation
from core.registry import registry
from plugins.forum import figures, privacy
from plugins.forum.domain import posts, travel
from plugins.forum.models import Post, ReadMark, Thread
from tests.factories import PersonFactory, ProjectFactory
from tests.forum.factories import answer, bulk_threads, open_thread, say
from tests.forum.test_travel import note

pytestmark = pytest.mark.django_db


def test_figures_count_people_once_and_only_what_is_read():
    project = ProjectFactory()
    first = say(project)
    answer(first, "Encore moi", author=first.author)
    travel.receive(note(project.ref))
    hidden = answer(first, "Insulte")
    posts.hide(hidden, None)
    open_thread()
    assert (figures.posts(project), figures.participants(project)) == (3, 2)
    assert (figures.posts(None), figures.participants(None)) == (4, 3)


def test_a_person_takes_their_words_along():
    post = say(ProjectFactory(), "Lundi")
    posts.edit(post, by=post.author, text="Mardi")
    row = privacy.export_posts(post.author)[0]
    assert (row["text"], row["earlier"]) == ("Mardi", ["Lundi"])
    assert len(privacy.export_marks(post.author)) == 1


def test_who_leaves_leaves_words_without_a_name():
    post = say(ProjectFactory(), "Lundi")
    author = post.author
    posts.edit(post, by=author, text="Mardi")
    Confirmation.objects.create(
        purpose="forum.reply", email=author.email, facts={"text": "secret"}, expires_at=post.posted_at
    )
    for part in registry.personal_data():
        if part.label.startswith("forum."):
            part.erase(author)
    post.refresh_from_db()
    assert (post.text, post.author) == ("Mardi", None)
    assert author.name not in post.shown_author
    assert not post.revisions.exists()
    assert not ReadMark.objects.exists()
    assert not Confirmation.objects.exists()


def test_who_asks_for_it_leaves_no_words():
    post = say(ProjectFactory(), "Lundi")
    privacy.erase_words(post.author)
    post.refresh_from_db()
    assert (post.state, post.text, post.author) == ("deleted", "", None)


def test_core_moderates_messages_and_threads():
    """A report that is accepted hides the message; it can come back."""
    animator = PersonFactory(is_animator=True)
    for thing in (say(ProjectFactory()), open_thread()):
        case, _new = moderation.report(thing, reporter=PersonFactory(), reason="Insulte")
        moderation.decide(case, by=animator, accept=True, answer="En effet")
        thing.refresh_from_db()
        assert not thing.is_public
        moderation.restore(thing, by=animator)
        thing.refresh_from_db()
        assert thing.is_public


def test_bulk_threads_carry_what_the_domain_writes():
    project = ProjectFactory()
    made = bulk_threads(3, 4, subjects=[project])
    for thread in Thread.objects.all():
        assert thread.highest_number == thread.posts.count() == 4
        assert thread.last_post.number == 4
        assert thread.reply_count == thread.posts.filter(number__gt=thread.opening).count()
    assert made[0].about == project
    assert Post.objects.count() == 12
