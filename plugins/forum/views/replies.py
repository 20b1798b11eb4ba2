"""Writing: an answer on any subject or thread, a new thread, and the code that proves a guest's address."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from core.conf import instance
from core.contract import SubjectRef
from core.models import Person, Territory
from core.text import plain
from core.views.addresses import posted
from plugins.forum.domain import guests, posts, words
from plugins.forum.domain.threads import NotDiscussable, Place, place
from plugins.forum.forms.messages import MessageForm, ThreadForm
from plugins.forum.models import Post
from plugins.forum.views.outcomes import DRAFT, said, send_code

SHOWN_BEFORE = 3
"""Messages shown above the form, so that one sees what one answers."""


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in, or None."""
    return request.user if isinstance(request.user, Person) else None


@never_cache
def reply(request: HttpRequest, type: str, key: str) -> HttpResponse:
    """Answer on a subject or in a thread; ``?to=3`` answers one message, ``&quote=1`` quotes it."""
    if not key.isprintable():  # PostgreSQL takes no NUL in a text
        raise Http404
    try:
        spot = place(SubjectRef(type, key[:40]))
    except NotDiscussable as missing:
        raise Http404 from missing
    person = person_of(request)
    to = guests.answered(spot, request.POST.get("to") or request.GET.get("to", ""))
    form = MessageForm(posted(request), person=person, initial=start(request, spot, to))
    if request.method == "POST" and form.is_valid():
        answer = take_reply(request, form, spot, to, person)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "place": spot,
        "to": to,
        "before": before(spot) if to is None else [],
        "person": person,
        "here": quote(request.get_full_path()),
    }
    return render(request, "forum/reply.html", context, status=400 if form.errors else 200)


def start(request: HttpRequest, spot: Place, to: Post | None) -> dict[str, Any]:
    """What stands in the form at first: a draft that could not be posted, or the quotation asked for."""
    draft = request.session.get(DRAFT, {})
    typed = draft.get("text", "") if draft.get("ref") == str(spot.ref) else ""
    if not typed and to is not None and request.GET.get("quote"):
        typed = words.quotation(to.shown_author, to.text or plain(to.html))
    return {"text": typed, "to": to.number if to is not None else ""}


def before(spot: Place) -> list[Post]:
    """The last visible messages of the place, oldest first."""
    if spot.thread is None:
        return []
    rows = spot.thread.posts.filter(state=Post.State.VISIBLE).select_related("author").order_by("-number")
    return list(rows[:SHOWN_BEFORE])[::-1]


def take_reply(
    request: HttpRequest, form: MessageForm, spot: Place, to: Post | None, person: Person | None
) -> HttpResponse | None:
    """Post it, or keep it and send a code; None when the form must be shown again with the reason."""
    data = form.cleaned_data
    if person is None:
        return send_code(
            request,
            form,
            guests.ask,
            spot=spot,
            text=data["text"],
            to=str(to.number) if to is not None else "",
        )
    guests.named(person, data.get("name", ""))
    return said(
        request,
        form,
        lambda: posts.write(
            author=person, place=spot, text=data["text"], in_reply_to=to, token=data["token"]
        ),
    )


@never_cache
def new_thread(request: HttpRequest) -> HttpResponse:
    """Open a free discussion on a theme or a place."""
    person = person_of(request)
    draft = request.session.get(DRAFT, {})
    kept = {"title": draft.get("title"), "text": draft.get("text")} if draft.get("ref") == guests.OPEN else {}
    form = ThreadForm(posted(request), person=person, territories=territories(), initial=kept)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        theme, territory = data["theme"], data["territory"]
        if person is None:
            answer = send_code(
                request,
                form,
                guests.ask_thread,
                title=data["title"],
                text=data["text"],
                theme=theme.pk if theme else None,
                territory=territory.pk if territory else None,
            )
        else:
            guests.named(person, data.get("name", ""))
            fields = {name: data[name] for name in ("title", "text", "theme", "territory", "token")}
            answer = said(request, form, lambda: posts.open_thread(author=person, **fields))
        if answer is not None:
            return answer
    return render(request, "forum/new.html", {"form": form}, status=400 if form.errors else 200)


def territories() -> Any:
    """The instance's home and the places in it."""
    home = Territory.objects.filter(code=instance().territory).first()
    return (
        Territory.objects.filter(path__startswith=home.path) if home is not None else Territory.objects.none()
    )
