"""Threads and messages, one by one through the domain or thousands at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from core.models import Person, Theme
from plugins.forum.domain import posts
from plugins.forum.domain.threads import Place
from plugins.forum.models import Post, Thread
from tests.factories import PersonFactory

SENTENCE = "Nous pouvons prêter un camion le samedi et deux personnes pour la collecte. "
WORDS = (
    "Bonjour à toutes et à tous,\n\n"
    + SENTENCE * 3
    + "\n\nQui peut venir la semaine prochaine ? هل يمكنكم الحضور؟"
)
HTML = "".join(f"<p>{block}</p>" for block in WORDS.split("\n\n"))


def say(
    subject: Any, text: str = "Une question simple.", *, author: Person | None = None, **fields: Any
) -> Post:
    """A message on a subject, as the domain writes it."""
    thread = Thread.objects.on(subject.ref).first()
    return posts.write(author=author or PersonFactory(), place=Place(subject, thread), text=text, **fields)


def answer(post: Post, text: str = "Une réponse.", *, author: Person | None = None, **fields: Any) -> Post:
    """A message in the thread of another."""
    thread = Thread.objects.get(pk=post.thread_id)
    spot = Place(thread.about, thread)
    return posts.write(author=author or PersonFactory(), place=spot, text=text, in_reply_to=post, **fields)


def open_thread(title: str = "Une idée", *, author: Person | None = None, **fields: Any) -> Thread:
    """A free thread with its first message."""
    options = {"text": "Qu'en pensez-vous ?", "theme": None, "territory": None, **fields}
    return posts.open_thread(author=author or PersonFactory(), title=title, **options).thread


def bulk_threads(
    threads: int = 2000,
    posts_each: int = 20,
    *,
    subjects: list[Any] | None = None,
    theme: Theme | None = None,
    authors: int = 50,
    batch: int = 2000,
) -> list[Thread]:
    """Many threads of equal length without journal or notices: on ``subjects`` first, then free ones.

    2,000 × 20 takes some seconds. Gives the threads, oldest talk first.
    """
    now = timezone.now()
    start = Person.objects.count()
    people = Person.objects.bulk_create(
        [
            Person(email=f"bulk{start + n}@tiwizi.example", name=f"Voisine {n}", password="!")
            for n in range(authors)
        ]
    )
    on = list(subjects or [])[:threads]
    rows = []
    for n in range(threads):
        subject = on[n] if n < len(on) else None
        rows.append(
            Thread(
                about_type=subject.subject_type if subject is not None else "",
                about_key=subject.subject_key if subject is not None else "",
                project=subject.subject_project if subject is not None else None,
                title=str(subject.subject_title)[:200] if subject is not None else f"Sujet libre {n}",
                theme=theme,
                author=None if subject is not None else people[n % authors],
                highest_number=posts_each,
                last_number=posts_each,
                last_author=people[(n + posts_each) % authors],
                listed=True,
                reply_count=posts_each - (subject is None),
                last_posted_at=now - timedelta(minutes=threads - n),
            )
        )
    made = Thread.objects.bulk_create(rows, batch_size=batch)
    step = max(batch // posts_each, 1)
    for first in range(0, threads, step):
        Post.objects.bulk_create(
            [
                Post(
                    thread=thread,
                    number=number,
                    author=people[(n + number) % authors],
                    text=WORDS,
                    html=HTML,
                    posted_at=thread.last_posted_at - timedelta(seconds=posts_each - number),
                )
                for n, thread in enumerate(made[first : first + step], start=first)
                for number in range(1, posts_each + 1)
            ]
        )
    last = Post.objects.filter(thread=OuterRef("pk"), number=OuterRef("highest_number")).values("pk")
    Thread.objects.filter(last_post=None, highest_number=posts_each).update(last_post=Subquery(last))
    return made
