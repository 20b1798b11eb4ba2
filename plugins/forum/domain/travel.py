"""Messages between instances: what leaves, what is taken in. No ActivityPub term stands here."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html

from core.contract import PublicObject, RemoteObject, SubjectRef, Text
from core.journal import record
from core.models.languages import best
from core.text import clean
from plugins.forum import verbs
from plugins.forum.domain.posts import append, wipe
from plugins.forum.domain.threads import NotDiscussable, Place, begin, discussable, lock_row, place, recount
from plugins.forum.domain.words import LONGEST
from plugins.forum.models import Post, PostRevision, Thread

LONGEST_HTML = 4 * LONGEST
"""Characters of HTML taken from another instance; more is refused."""


def describe(post: Post) -> PublicObject | None:
    """A message as other instances may see it; None for one that is not public, or not ours to tell."""
    if post.is_remote or not post.is_public:
        return None
    thread = post.thread
    about = thread.about_ref
    answered = post.in_reply_to
    content = post.html
    if thread.is_free and post.number == thread.opening:
        content = str(format_html("<p><strong>{}</strong></p>", thread.title)) + content
    return PublicObject(
        subject=post.ref,
        url=post.get_absolute_url(),
        texts={post.language: Text(content=content)},
        language=post.language,
        published=post.posted_at,
        updated=post.edited_at,
        author=post.author,
        in_reply_to=answered.ref if answered is not None and answered.is_visible else about,
        context=about,
        extra={"number": post.number},
    )


def accepts(remote: RemoteObject) -> bool:
    """A note that answers a message we hold or a subject that is discussed here."""
    to = remote.in_reply_to
    return remote.type == "Note" and to is not None and (to.type == Post.subject_type or discussable(to.type))


def receive(remote: RemoteObject) -> SubjectRef | None:
    """Store a message from elsewhere, or its author's edit; the same one twice is one post.

    Gives None, and stores nothing, when it answers nothing that is public and open here, when another author
    already holds the uri, or when it says nothing or too much.
    """
    language, html = _words(remote)
    if not html or len(html) > LONGEST_HTML:
        return None
    with transaction.atomic():
        known = Post.objects.filter(uri=remote.uri).select_related("thread").first()
        if known is not None:
            return _change(known, remote, language, html)
        found = _place_of(remote.in_reply_to)
        if found is None:
            return None
        spot, answered = found
        thread = spot.thread or begin(spot.about, language=language)
        lock_row(thread)
        # Held now: a second delivery of the same uri waited above and finds the post.
        known = Post.objects.filter(uri=remote.uri).select_related("thread").first()
        if known is not None:
            return _change(known, remote, language, html)
        if thread.locked or thread.hidden:
            return None
        return _take_in(thread, answered, remote, language, html).ref


def remove(ref: SubjectRef, author_uri: str) -> None:
    """Withdraw a remote message, asked by its author; anyone else changes nothing."""
    with transaction.atomic():
        post = (
            Post.objects.filter(uid=ref.key, author_uri=author_uri)
            .exclude(uri="")
            .select_related("thread")
            .first()
        )
        if post is None or post.state == Post.State.DELETED:
            return
        lock_row(post.thread)
        post.refresh_from_db(fields=["state"])
        record(None, verbs.DELETED, post, number=post.number, origin=post.origin)
        wipe(post)


def _words(remote: RemoteObject) -> tuple[str, str]:
    """Language and washed HTML of what a remote object says."""
    contents = {code: text.content for code, text in remote.texts.items()}
    language = remote.language if contents.get(remote.language) else best(dict(contents)) or ""
    return language[:5] or "fr", str(clean(contents.get(language, "")))


def _place_of(to: SubjectRef | None) -> tuple[Place, Post | None] | None:
    """Where an answer belongs, and the message it answers; None when that is not public here."""
    if to is None:
        return None
    try:
        if to.type != Post.subject_type:
            return place(to), None
        answered = Post.objects.filter(uid=to.key).select_related("thread").first()
        if answered is None or not answered.thread.is_public:
            return None
        return Place(answered.thread.about, answered.thread), answered
    except NotDiscussable:
        return None


def _take_in(thread: Thread, answered: Post | None, remote: RemoteObject, language: str, html: str) -> Post:
    """The next number for a message that keeps its own date, unless it claims to come from the future."""
    post = append(
        thread,
        uri=remote.uri,
        url=remote.url[:500],
        author_uri=remote.author_uri,
        author_name=(remote.author_name or remote.author_uri)[:160],
        origin=remote.origin[:200],
        origin_name=remote.origin_name[:160],
        language=language,
        html=html,
        in_reply_to=answered,
        posted_at=min(remote.published, timezone.now()),
    )
    record(None, verbs.RECEIVED, post, number=post.number, origin=remote.origin_name or remote.origin)
    return post


def _change(post: Post, remote: RemoteObject, language: str, html: str) -> SubjectRef | None:
    """What the author changed since; a message hidden here stays hidden, one withdrawn and sent again returns."""
    if post.author_uri != remote.author_uri:
        return None
    lock_row(post.thread)
    post.refresh_from_db(fields=["state", "html"])
    if post.state == Post.State.DELETED:
        post.state = Post.State.VISIBLE
    elif post.html != html:
        PostRevision.objects.create(post=post, html=post.html)
        post.edited_at = min(remote.updated or timezone.now(), timezone.now())
    else:
        return post.ref
    post.html, post.language = html, language
    post.save(update_fields=["state", "html", "language", "edited_at"])
    recount(post.thread)
    return post.ref


def public() -> QuerySet[Post]:
    """Our own messages that anyone may read, newest first; those of subjects not public fall out in ``describe``."""
    visible = Post.objects.filter(state=Post.State.VISIBLE, thread__hidden=False, uri="")
    return visible.select_related("thread", "author", "in_reply_to").order_by("-id")
