"""Hiding, restoring and locking, with a reason that stays in the journal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.domain.permissions import require
from core.models import Person
from core.views.addresses import posted
from plugins.forum.domain import posts, threads
from plugins.forum.domain.permissions import may_moderate
from plugins.forum.forms.messages import ReasonForm
from plugins.forum.models import Post, Thread


@login_required
def moderate_post(request: HttpRequest, uid: str) -> HttpResponse:
    """Hide a message from readers, or show it again."""
    post = get_object_or_404(Post.objects.select_related("thread", "author"), uid=uid)
    require(isinstance(request.user, Person) and may_moderate(request.user, post.thread))
    acts = {
        Post.State.VISIBLE: [("hide", _("Hide this message from readers"))],
        Post.State.HIDDEN: [("restore", _("Show this message again"))],
    }.get(Post.State(post.state), [])
    if not acts:
        messages.info(request, _("The author has deleted this message."))
        return redirect(post.get_absolute_url())
    doing = {"hide": posts.hide, "restore": posts.restore}
    return decide(request, post, post.thread, acts, doing)


@login_required
def moderate_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Lock or hide a whole thread, or take that back."""
    thread = get_object_or_404(Thread, pk=pk)
    require(isinstance(request.user, Person) and may_moderate(request.user, thread))
    acts = [
        ("unlock", _("Take new messages again")) if thread.locked else ("lock", _("Close to new messages")),
        ("restore", _("Show the discussion again"))
        if thread.hidden
        else ("hide", _("Hide the whole discussion")),
    ]
    doing: dict[str, Any] = {"lock": lock, "unlock": unlock, "hide": threads.hide, "restore": threads.restore}
    return decide(request, thread, thread, acts, doing)


def lock(thread: Thread, by: Person, *, reason: str) -> None:
    threads.lock(thread, by=by, reason=reason)


def unlock(thread: Thread, by: Person, *, reason: str) -> None:
    threads.unlock(thread, by=by, reason=reason)


def decide(
    request: HttpRequest, thing: Any, thread: Thread, acts: list[tuple[str, str]], doing: Any
) -> HttpResponse:
    """Ask what and why, do it, and go back to the thing."""
    form = ReasonForm(posted(request), acts=acts)
    if request.method == "POST" and form.is_valid():
        doing[form.cleaned_data["act"]](thing, request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Done, and written in the journal."))
        return redirect(thing.get_absolute_url())
    context = {
        "form": form,
        "thread": thread,
        "moderating": True,
        "post": thing if isinstance(thing, Post) else None,
        "heading": _("Moderate this message") if isinstance(thing, Post) else _("Moderate this discussion"),
    }
    return render(request, "forum/form.html", context, status=400 if form.errors else 200)
