"""What becomes of words sent: posted, kept with a code, or back on the form with the reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.domain.confirmations import TooManyCodes
from core.views import limits
from plugins.forum.domain import posts, words
from plugins.forum.domain.guests import PROBLEMS
from plugins.forum.domain.threads import ThreadClosed

WAITING = "forum_waiting"
DRAFT = "forum_draft"


def said(request: HttpRequest, form: Any, speak: Any) -> HttpResponse | None:
    """Go to the new message; or None, with the reason on the form."""
    try:
        post = speak()
    except posts.SaidAlready as twin:
        messages.info(request, _("You have already posted this message."))
        return redirect(twin.post.get_absolute_url())
    except PROBLEMS as problem:
        form.add_error(None, reason(problem))
        return None
    request.session.pop(DRAFT, None)
    messages.success(request, _("Your message is published."))
    return redirect(post.get_absolute_url())


def reason(problem: Exception) -> str:
    """Why a message was not posted, and what to do."""
    if isinstance(problem, posts.TooFast):
        return _("You have posted many messages in a short time. Wait a minute and send this one again.")
    if isinstance(problem, ThreadClosed):
        return _("This discussion has been closed and takes no more messages.")
    if isinstance(problem, words.TooLong):
        return _("This message is too long: %(most)d characters at most.") % {"most": words.LONGEST}
    if isinstance(problem, words.EmptyMessage):
        return _("Write a few words.")
    return _("What you answer is no longer open to discussion.")


def send_code(request: HttpRequest, form: Any, ask: Any, **facts: Any) -> HttpResponse | None:
    """Keep a guest's words and send a code to their address; None when they must wait."""
    data = form.cleaned_data
    if limits.too_often(request, "send_code"):
        form.add_error(None, limits.sentence())
        return None
    try:
        confirmation = ask(
            email=data["email"],
            name=data.get("name", ""),
            language=get_language() or "fr",
            token=data["token"],
            **facts,
        )
    except TooManyCodes:
        form.add_error("email", _("Too many codes were sent to this address. Try again in an hour."))
        return None
    request.session[WAITING] = confirmation.uid
    return redirect("forum:confirm")
