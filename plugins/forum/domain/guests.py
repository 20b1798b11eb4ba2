"""Writing without signing in first: the message waits with a code until the e-mail address has proven itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.utils import timezone

from core.contract import SubjectRef
from core.domain import charter, confirmations, people
from core.models import Confirmation, Person, Territory, Theme
from plugins.forum.domain import posts, words
from plugins.forum.domain.threads import NotDiscussable, Place, ThreadClosed, place
from plugins.forum.models import Post

PROBLEMS = (posts.TooFast, ThreadClosed, NotDiscussable, words.EmptyMessage, words.TooLong)
"""Why words may not be posted."""
REPLY, OPEN = "forum.reply", "forum.open"


def ask(*, email: str, name: str, language: str, spot: Place, text: str, to: str, token: str) -> Confirmation:
    """Keep a reply and send the code that posts it; raises TooManyCodes."""
    facts = {"type": spot.ref.type, "key": spot.ref.key, "text": text, "to": to, "name": name, "token": token}
    return once(REPLY, email, language, facts)


def ask_thread(
    *,
    email: str,
    name: str,
    language: str,
    title: str,
    text: str,
    theme: int | None,
    territory: int | None,
    token: str,
) -> Confirmation:
    """Keep a new thread and send the code that opens it; raises TooManyCodes."""
    facts = {
        "title": title,
        "text": text,
        "theme": theme,
        "territory": territory,
        "name": name,
        "token": token,
    }
    return once(OPEN, email, language, facts)


def once(purpose: str, email: str, language: str, facts: dict[str, Any]) -> Confirmation:
    """One code for one form, however often its button was pressed."""
    same = Confirmation.objects.filter(purpose=purpose, email=email.strip().lower(), used_at=None)
    known = same.filter(facts=facts, expires_at__gt=timezone.now()).first()
    return known or confirmations.start(purpose, email, language=language, **facts)


def waiting(uid: str) -> Confirmation | None:
    """What still waits for its code."""
    return Confirmation.objects.filter(uid=uid, purpose__in=(REPLY, OPEN), used_at=None).first()


@dataclass(frozen=True)
class Outcome:
    """Who typed the right code, and their message; or why it could not be posted."""

    person: Person
    post: Post | None = None
    problem: Exception | None = None


def take(confirmation: Confirmation, code: str) -> Outcome:
    """Post what waited, for who typed the right code: the code, the person and the post are one change.

    Somebody with a second factor is only found here: they post it themselves once they have signed in.
    Raises CodeWrong, CodeExpired, and Inactive for a closed account.
    """
    confirmations.verify(confirmation, code)
    with transaction.atomic():
        confirmations.use(confirmation)
        name = str(confirmation.facts.get("name", ""))
        person = people.prove(confirmation.email, name=name)
        charter.accept(person)
        if is_mfa_enabled(person):
            return Outcome(person)
        named(person, name)
        try:
            with transaction.atomic():
                return Outcome(person, publish(confirmation, person))
        except (*PROBLEMS, posts.SaidAlready) as problem:
            return Outcome(person, problem=problem)


def named(person: Person, name: str) -> None:
    """Give a name to a person who has none."""
    name = " ".join(name.split())[:80]
    if name and not person.name:
        person.name = name
        person.save(update_fields=["name"])


def publish(confirmation: Confirmation, person: Person) -> Post:
    """Post what waited; raises what :func:`posts.write` and :func:`threads.place` raise."""
    facts = confirmation.facts
    if confirmation.purpose == OPEN:
        return posts.open_thread(
            author=person,
            title=facts["title"],
            text=facts["text"],
            theme=Theme.objects.filter(pk=facts["theme"]).first(),
            territory=Territory.objects.filter(pk=facts["territory"]).first(),
            token=facts["token"],
        )
    spot = place(SubjectRef(facts["type"], facts["key"]))
    return posts.write(
        author=person,
        place=spot,
        text=facts["text"],
        in_reply_to=answered(spot, facts["to"]),
        token=facts["token"],
    )


def answered(spot: Place, number: str) -> Post | None:
    """The visible message of the place that a form answers, by its number there."""
    if spot.thread is None or not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    post = (
        spot.thread.posts.filter(number=int(number), state=Post.State.VISIBLE)
        .select_related("author")
        .first()
    )
    if post is not None:
        post.thread = spot.thread
    return post
