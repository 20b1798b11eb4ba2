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
    people = bulk_people(authors)
    on = list(subjects or [])[:threads]
    rows = [about(subject) for subject in on]
    rows += [
        {"title": f"Sujet libre {n}", "author": people[n % authors], "reply_count": posts_each - 1}
        for n in range(len(on), threads)
    ]
    start = timezone.now() - timedelta(minutes=threads)
    made = [
        Thread(
            theme=theme,
            highest_number=posts_each,
            last_number=posts_each,
            last_author=people[(n + posts_each) % authors],
            listed=True,
            last_posted_at=start + timedelta(minutes=n),
            **{"reply_count": posts_each} | row,
        )
        for n, row in enumerate(rows)
    ]
    made = Thread.objects.bulk_create(made, batch_size=batch)
    bulk_posts(made, posts_each, people, batch=batch)
    return made


def bulk_people(number: int) -> list[Person]:
    """Neighbours who cannot sign in, at addresses that nobody has yet."""
    start = Person.objects.count()
    return Person.objects.bulk_create(
        [
            Person(email=f"bulk{start + n}@tiwizi.example", name=f"Voisine {n}", password="!")
            for n in range(number)
        ]
    )


def about(subject: Any) -> dict[str, Any]:
    """What a thread on a subject keeps of it."""
    return {
        "about_type": subject.subject_type,
        "about_key": subject.subject_key,
        "project": subject.subject_project,
        "title": str(subject.subject_title)[:200],
    }


def bulk_posts(threads: list[Thread], posts_each: int, people: list[Person], *, batch: int) -> None:
    """The messages of empty threads, a second apart up to the last talk, some threads at a time."""
    step = max(batch // posts_each, 1)
    for first in range(0, len(threads), step):
        Post.objects.bulk_create(
            [
                Post(
                    thread=thread,
                    number=number,
                    author=people[(n + number) % len(people)],
                    text=WORDS,
                    html=HTML,
                    posted_at=thread.last_posted_at - timedelta(seconds=posts_each - number),
                )
                for n, thread in enumerate(threads[first : first + step], start=first)
                for number in range(1, posts_each + 1)
            ]
        )
    last = Post.objects.filter(thread=OuterRef("pk"), number=OuterRef("highest_number")).values("pk")
    Thread.objects.filter(last_post=None, highest_number=posts_each).update(last_post=Subquery(last))
