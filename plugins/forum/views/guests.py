"""A guest types the code that came by e-mail; what they wrote is posted and they are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.contract import SubjectRef
from core.domain import confirmations
from core.models import Confirmation
from plugins.forum.domain import guests, posts
from plugins.forum.forms.messages import CodeForm
from plugins.forum.views.outcomes import DRAFT, PROBLEMS, WAITING, reason

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """The code proves the address: the message is posted. Only the session that wrote it can come here."""
    confirmation = guests.waiting(request.session.get(WAITING, ""))
    if confirmation is None:
        messages.info(request, _("Nothing waits for a code here."))
        return redirect("forum:index")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirmations.check(confirmation, form.cleaned_data["code"])
        except confirmations.CodeWrong as wrong:
            form.add_error("code", attempts_left(wrong.left))
        except confirmations.CodeExpired:
            form.add_error(
                "code", _("This code has expired or was tried too often. Ask for a new one below.")
            )
        else:
            return publish(request, confirmation)
    context = {"form": form, "confirmation": confirmation}
    return render(request, "forum/confirm.html", context, status=400 if form.errors else 200)


def publish(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    """Sign the guest in and post what waited; words that cannot be posted go back to their form."""
    person = guests.person_of(confirmation)
    if not person.is_active:
        messages.error(request, _("This account is closed."))
        return redirect("forum:index")
    login(request, person, backend=BACKEND)
    request.session.pop(WAITING, None)
    try:
        post = guests.publish(confirmation, person)
    except posts.SaidAlready as twin:
        messages.info(request, _("You have already posted this message."))
        return redirect(twin.post.get_absolute_url())
    except PROBLEMS as problem:
        messages.error(request, reason(problem))
        return redirect(keep_draft(request, confirmation))
    messages.success(request, _("Your message is published, and you are signed in."))
    return redirect(post.get_absolute_url())


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """A new code in place of the last."""
    confirmation = guests.waiting(request.session.get(WAITING, ""))
    if confirmation is not None:
        try:
            confirmations.resend(confirmation, language=get_language() or "fr")
            messages.success(request, _("A new code is on its way."))
        except (confirmations.TooManyCodes, confirmations.CodeExpired):
            messages.error(request, _("Too many codes were sent to this address. Try again in an hour."))
    return redirect("forum:confirm")


def attempts_left(left: int) -> str:
    """A wrong code, and how often one may still try."""
    return ngettext(
        "This is not the code we sent. %(left)d attempt is left.",
        "This is not the code we sent. %(left)d attempts are left.",
        left,
    ) % {"left": left}


def keep_draft(request: HttpRequest, confirmation: Confirmation) -> str:
    """Keep words that could not be posted, for the form they came from; gives that form's address."""
    facts = confirmation.facts
    if confirmation.purpose == guests.OPEN:
        request.session[DRAFT] = {"ref": guests.OPEN, "title": facts["title"], "text": facts["text"]}
        return reverse("forum:new")
    ref = SubjectRef(facts["type"], facts["key"])
    request.session[DRAFT] = {"ref": str(ref), "text": facts["text"]}
    return reverse("forum:reply", args=[ref.type, ref.key])
