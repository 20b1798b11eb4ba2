"""The charter: read by anyone, accepted by who joins, asked again when it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.domain import charter
from core.forms.people import CharterForm
from core.models.languages import best, direction
from core.views.addresses import next_page, posted

View = Callable[..., HttpResponse]


def member_required(view: View) -> View:
    """Only for who is signed in and has accepted the charter in force; others are led there and back."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if charter.has_accepted(request.user):
            return view(request, *args, **kwargs)
        return ask(request)

    return guarded


def ask(request: HttpRequest) -> HttpResponse:
    """To the charter, and back to the page (never to a bare POST address)."""
    then = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "")
    own = then.split(request.get_host(), 1)[-1] if then else "/"
    messages.info(
        request, _("The charter has changed since you accepted it, or you have not accepted it yet.")
    )
    return redirect(f"{reverse('charter')}?{urlencode({'next': own})}")


def charter_page(request: HttpRequest) -> HttpResponse:
    """The text in force; a signed-in person who has not accepted it can do so here."""
    text = charter.current()
    if text is None:
        raise Http404
    asks = request.user.is_authenticated and not charter.has_accepted(request.user)
    form = CharterForm(posted(request)) if asks else None
    if request.method == "POST":
        if form is None:
            return redirect(next_page(request, reverse("charter")))
        if form.is_valid():
            charter.accept(request.user)
            messages.success(request, _("Thank you. Welcome among those who do things together."))
            return redirect(next_page(request, reverse("account")))
    language = best(text.texts) or settings.LANGUAGE_CODE
    context = {
        "charter": text,
        "text_language": language,
        "text_direction": direction(language),
        "form": form,
        "next": next_page(request),
    }
    return render(
        request, "core/charter/charter.html", context, status=400 if form is not None and form.errors else 200
    )
