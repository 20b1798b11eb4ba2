"""The life of a message and of its thread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import JournalEntry
from plugins.forum import verbs
from plugins.forum.domain import posts, threads
from plugins.forum.domain.threads import NotDiscussable, Place, ThreadClosed, place
from plugins.forum.models import Post, Thread
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, ProjectFactory
from tests.forum.factories import answer, open_thread, say

pytestmark = pytest.mark.django_db


def entries(verb):
    return JournalEntry.objects.filter(verb=verb)


def test_the_thread_begins_with_the_first_post():
    """D3: a discussion on every object, made when somebody speaks."""
    project = ProjectFactory()
    assert place(project.ref).thread is None
    post = say(project, "Bonjour")
    thread = Thread.objects.get()
    assert (post.number, thread.reply_count, thread.highest_number, thread.last_post) == (1, 1, 1, post)
    assert (thread.project, thread.about) == (project, project)
    assert set(thread.titles) == {"fr", "ar"}
    entry = entries(verbs.POSTED).get()
    assert entry.ref == post.ref
    assert entry.project == project
    assert "Bonjour" not in str(entry.facts)


def test_numbers_are_dense_and_the_row_carries_the_list():
    first = say(ProjectFactory())
    second, third = answer(first), answer(first)
    thread = Thread.objects.get()
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert (thread.reply_count, thread.highest_number, thread.last_post_id) == (3, 3, third.pk)
    assert thread.last_posted_at == third.posted_at


def test_the_opening_of_a_free_thread_is_no_reply():
    thread = open_thread("Où vendre l'huile d'argan ?")
    assert (thread.reply_count, thread.highest_number) == (0, 1)
    answer(Post.objects.get())
    assert Thread.objects.get().reply_count == 1
    assert entries(verbs.THREAD_OPENED).count() == 1


def test_the_same_form_sent_twice_posts_once():
    project, author = ProjectFactory(), PersonFactory()
    first = say(project, "Bonjour", author=author, token="form-1")
    again = say(project, "Bonjour", author=author, token="form-1")
    assert again.pk == first.pk
    assert (Post.objects.count(), entries(verbs.POSTED).count()) == (1, 1)


def test_another_person_cannot_claim_a_token():
    project = ProjectFactory()
    first = say(project, "Bonjour", token="form-1")
    other = say(project, "Bonsoir", token="form-1")
    assert other.pk != first.pk


def test_a_new_thread_sent_twice_opens_once():
    author = PersonFactory()
    assert open_thread(author=author, token="form-1") == open_thread(author=author, token="form-1")
    assert Thread.objects.count() == 1


def test_the_same_words_again_are_refused():
    project, author = ProjectFactory(), PersonFactory()
    say(project, "Bonjour", author=author)
    with pytest.raises(posts.SaidAlready):
        say(project, "Bonjour", author=author)


def test_flooding_is_refused():
    project, author = ProjectFactory(), PersonFactory()
    for number in range(posts.PACE[0][1]):
        say(project, f"Message {number}", author=author)
    with pytest.raises(posts.TooFast):
        say(project, "Encore", author=author)
    assert Post.objects.count() == posts.PACE[0][1]


@pytest.mark.parametrize("status", ["waiting", "withdrawn", "declined"])
def test_what_is_not_public_is_not_discussed(status):
    with pytest.raises(NotDiscussable):
        place(ProjectFactory(status=status).ref)


def test_what_does_not_exist_is_not_discussed():
    for type_, key in [
        ("core.project", "nobody"),
        ("core.organisation", "x"),
        ("no.such", "x"),
        ("forum.thread", "x"),
    ]:
        with pytest.raises(NotDiscussable):
            place(threads.SubjectRef(type_, key))


def test_a_locked_thread_takes_no_message_and_no_number():
    first = say(ProjectFactory())
    threads.lock(first.thread, by=PersonFactory(is_animator=True), reason="Trop long")
    with pytest.raises(ThreadClosed):
        answer(first)
    thread = Thread.objects.get()
    assert (thread.highest_number, thread.posts.count()) == (1, 1)
    assert answer(first, author=PersonFactory(is_animator=True)).number == 2


def test_editing_keeps_what_was_said():
    post = say(ProjectFactory(), "Lundi")
    posts.edit(post, by=post.author, text="Mardi")
    post.refresh_from_db()
    assert (post.text, post.edited_at) == ("Mardi", None)
    assert post.revisions.get().text == "Lundi"
    Post.objects.update(received_at=timezone.now() - timedelta(minutes=16))
    post.refresh_from_db()
    posts.edit(post, by=post.author, text="Mercredi")
    assert post.edited_at is not None
    assert [revision.text for revision in post.revisions.all()] == ["Mardi", "Lundi"]


def test_deleting_leaves_a_tombstone_without_words():
    first = say(ProjectFactory(), "Mon numéro est le 06…")
    answer(first)
    posts.edit(first, by=first.author, text="Mon numéro : 07…")
    posts.delete(first, by=first.author)
    first.refresh_from_db()
    assert (first.state, first.text, first.html, first.number) == ("deleted", "", "", 1)
    assert not first.revisions.exists()
    thread = Thread.objects.get()
    assert (thread.reply_count, thread.highest_number) == (1, 2)


def test_only_the_author_edits_and_deletes():
    post = say(ProjectFactory())
    for stranger in (PersonFactory(), PersonFactory(is_animator=True)):
        with pytest.raises(posts.NotAllowed):
            posts.edit(post, by=stranger, text="Autre chose")
        with pytest.raises(posts.NotAllowed):
            posts.delete(post, by=stranger)


def test_hiding_and_restoring():
    first = say(ProjectFactory())
    second = answer(first)
    animator = PersonFactory(is_animator=True)
    posts.hide(second, animator, reason="Insulte")
    thread = Thread.objects.get()
    assert (thread.reply_count, thread.last_post_id, thread.highest_number) == (1, first.pk, 2)
    posts.hide(second, animator, reason="Insulte")
    assert entries(verbs.HIDDEN).get().facts["reason"] == "Insulte"
    posts.restore(second, animator)
    thread.refresh_from_db()
    assert (thread.reply_count, thread.last_post_id) == (2, second.pk)


def test_restoring_does_not_bring_back_what_its_author_deleted():
    post = say(ProjectFactory())
    posts.delete(post, by=post.author)
    posts.restore(post, PersonFactory(is_animator=True))
    post.refresh_from_db()
    assert post.state == "deleted"


def test_a_thread_with_nothing_to_read_leaves_the_list():
    post = say(ProjectFactory())
    assert list(Thread.objects.listed()) == [post.thread]
    posts.hide(post, PersonFactory(is_animator=True))
    assert not Thread.objects.listed().exists()


def test_an_answer_to_another_thread_answers_nothing():
    elsewhere = say(ProjectFactory())
    project = ProjectFactory()
    assert say(project, in_reply_to=elsewhere).in_reply_to is None


def test_who_is_told(mailoutbox):
    """D5, D22: those who take part, the managers and the author hear of it; nobody twice, never the writer."""
    from core.models import Notice

    owner = OrganisationFactory()
    manager = MembershipFactory(organisation=owner).person
    MembershipFactory(organisation=owner, person=manager, role="agent")
    MembershipFactory(organisation=owner, role="member")
    former = MembershipFactory(organisation=owner, until="2025-01-01").person
    proposer, talker, silent = PersonFactory(), PersonFactory(), PersonFactory()
    project = ProjectFactory(owner=owner, proposer=proposer)
    first = say(project, "Un", author=talker)
    Notice.objects.all().delete()
    answer(first, "Deux", author=proposer)
    told = sorted(Notice.objects.values_list("person_id", flat=True))
    assert told == sorted([manager.pk, talker.pk])
    assert former.pk not in told
    assert silent.pk not in told


def test_muting_a_thread_silences_it():
    from core.models import Notice
    from plugins.forum.domain import marks

    first = say(ProjectFactory(), "Un")
    marks.set_level(first.author, first.thread, "mute")
    answer(first, "Deux")
    assert not Notice.objects.filter(person=first.author).exists()


def test_watching_a_thread_without_speaking():
    from core.models import Notice
    from plugins.forum.domain import marks

    first, listener = say(ProjectFactory(), "Un"), PersonFactory()
    marks.set_level(listener, first.thread, "watch")
    answer(first, "Deux")
    assert Notice.objects.filter(person=listener).count() == 1


def test_place_of_a_free_thread():
    thread = open_thread()
    assert place(thread.ref) == Place(None, thread)
