"""A page of one discussion: twenty posts by their numbers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.models import Person
from core.views.addresses import posted
from plugins.forum.domain import marks, reading
from plugins.forum.domain.permissions import may_delete, may_edit, may_moderate
from plugins.forum.forms.messages import LevelForm
from plugins.forum.models import Post, ReadMark, Thread
from plugins.forum.models.threads import PAGE_SIZE


def thread_page(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The posts from a number on; ``?from=21`` is the second page. Signed-in readers are marked to have read them."""
    thread = get_object_or_404(Thread.objects.select_related("theme", "territory"), pk=pk)
    person = request.user if isinstance(request.user, Person) else None
    moderates = person is not None and may_moderate(person, thread)
    if not thread.is_public and not moderates:
        raise Http404
    first = first_number(request, thread)
    if first is None:
        return redirect(thread.get_absolute_url())
    posts = reading.posts_from(thread, first)
    context: dict[str, Any] = {
        "thread": thread,
        "posts": posts,
        "first": first,
        "size": PAGE_SIZE,
        "earlier": first - PAGE_SIZE if first > 1 else 0,
        "later": first + PAGE_SIZE if first + PAGE_SIZE <= thread.highest_number else 0,
        "newest": thread.page_of(thread.highest_number),
        "moderates": moderates,
        "open": not thread.locked and not thread.hidden,
    }
    if person is not None:
        context |= for_person(person, thread, posts)
    return render(request, "forum/thread.html", context)


def first_number(request: HttpRequest, thread: Thread) -> int | None:
    """The first number of the page asked for, or None when the thread does not reach there."""
    asked = request.GET.get("from", "1")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 9:
        return None
    first = thread.page_of(int(asked))
    return first if first <= max(thread.highest_number, 1) else None


def for_person(person: Person, thread: Thread, posts: list[Post]) -> dict[str, Any]:
    """What is this reader's own: what is new, what they may change, how much they want to hear."""
    mark: ReadMark | None = marks.mark_of(person, thread)
    read_to = mark.last_read if mark is not None else 0
    if posts:
        marks.read(person, thread, mark, posts[-1].number)
    return {
        "read_to": read_to if mark is not None else None,
        "own": {post.pk for post in posts if may_edit(person, post)},
        "deletable": {post.pk for post in posts if may_delete(person, post)},
        "level": marks.level(person, thread, mark),
    }


def post_link(request: HttpRequest, uid: str) -> HttpResponse:
    """The stable address of a message leads to its place today."""
    post = get_object_or_404(Post.objects.select_related("thread"), uid=uid)
    if not post.thread.is_public:
        raise Http404
    return HttpResponseRedirect(post.get_absolute_url())


@login_required
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """Watch, hear as usual, or mute a thread."""
    person = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    thread = get_object_or_404(Thread, pk=pk)
    if not thread.is_public:
        raise Http404
    form = LevelForm(
        posted(request), initial={"level": marks.level(person, thread, marks.mark_of(person, thread))}
    )
    if request.method == "POST" and form.is_valid():
        marks.set_level(person, thread, form.cleaned_data["level"])
        return redirect(thread.get_absolute_url())
    context = {"form": form, "thread": thread, "heading": _("What do you want to hear of this discussion?")}
    return render(request, "forum/form.html", context)
