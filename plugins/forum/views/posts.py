"""One's own message: changed, deleted, its earlier versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from core.domain.permissions import require
from core.models import Person
from core.views.addresses import posted
from plugins.forum.domain import posts
from plugins.forum.domain.permissions import is_author, may_delete, may_edit, may_moderate
from plugins.forum.forms.messages import EditForm
from plugins.forum.models import Post
from plugins.forum.models.threads import PAGE_SIZE


def of_reader(request: HttpRequest, uid: str) -> tuple[Post, Person]:
    """The message and the signed-in person; 404 where the thread is not theirs to see."""
    post = get_object_or_404(Post.objects.select_related("thread", "author"), uid=uid)
    person = request.user
    if not isinstance(person, Person) or not (post.thread.is_public or may_moderate(person, post.thread)):
        raise Http404
    return post, person


@contextmanager
def refused() -> Iterator[None]:
    """403 when a moderator was faster than the reader's form."""
    try:
        yield
    except posts.NotAllowed as late:
        raise PermissionDenied from late


@login_required
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Change one's own words: without a mark in the first minutes, marked and with a history later."""
    post, person = of_reader(request, uid)
    require(may_edit(person, post))
    form = EditForm(posted(request), initial={"text": post.text})
    if request.method == "POST" and form.is_valid():
        with refused():
            posts.edit(post, by=person, text=form.cleaned_data["text"])
        messages.success(request, _("Your message was changed."))
        return redirect(post.get_absolute_url())
    context = {"form": form, "thread": post.thread, "post": post, "heading": _("Change your message")}
    return render(request, "forum/form.html", context, status=400 if form.errors else 200)


@login_required
def delete(request: HttpRequest, uid: str) -> HttpResponse:
    """Take one's own words away, after asking."""
    post, person = of_reader(request, uid)
    if is_author(person, post) and post.state == Post.State.DELETED:
        messages.info(request, _("Your message was deleted."))
        return redirect(post.get_absolute_url())
    require(may_delete(person, post))
    if request.method == "POST":
        with refused():
            posts.delete(post, by=person)
        messages.success(request, _("Your message was deleted."))
        return redirect(post.get_absolute_url())
    return render(request, "forum/delete.html", {"thread": post.thread, "post": post})


@login_required
def history(request: HttpRequest, uid: str) -> HttpResponse:
    """Earlier versions, for the author and for those who moderate."""
    post, person = of_reader(request, uid)
    require(is_author(person, post) or may_moderate(person, post.thread))
    context = {"thread": post.thread, "post": post, "revisions": post.revisions.all()[:50]}
    return render(request, "forum/history.html", context)


@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """All one's own messages, newest first; one button deletes their words, for who leaves or changes their mind."""
    person = request.user
    if not isinstance(person, Person):
        raise Http404
    if request.method == "POST":
        found = posts.delete_all(person)
        sentence = ngettext("%(number)d message was deleted.", "%(number)d messages were deleted.", found)
        messages.success(request, sentence % {"number": found})
        return redirect("forum:mine")
    before = request.GET.get("before", "")
    rows = (
        Post.objects.filter(author=person, state=Post.State.VISIBLE).select_related("thread").order_by("-pk")
    )
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found_posts = list(rows[: PAGE_SIZE + 1])
    context = {
        "posts": found_posts[:PAGE_SIZE],
        "next": found_posts[PAGE_SIZE - 1].pk if len(found_posts) > PAGE_SIZE else None,
    }
    return render(request, "forum/mine.html", context)
