"""A guest types the code that came by e-mail; what they wrote is posted and they are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.contract import SubjectRef
from core.domain import charter, confirmations, people
from core.forms.people import CodeForm
from core.models import Confirmation
from core.views import limits
from core.views.addresses import posted
from core.views.codes import login
from plugins.forum.domain import guests, posts
from plugins.forum.views.outcomes import DRAFT, WAITING, reason


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """The code proves the address: the message is posted. Only the session that wrote it can come here."""
    confirmation = guests.waiting(request.session.get(WAITING, ""))
    if confirmation is None:
        messages.info(request, _("Nothing waits for a code here."))
        return redirect("forum:index")
    form = CodeForm(posted(request), ask_charter=charter.current() is not None)
    if request.method == "POST" and form.is_valid():
        answer = attempt(request, confirmation, form)
        if answer is not None:
            return answer
    context = {"form": form, "confirmation": confirmation}
    return render(request, "forum/confirm.html", context, status=400 if form.errors else 200)


def attempt(request: HttpRequest, confirmation: Confirmation, form: CodeForm) -> HttpResponse | None:
    """Try the code; None when the form must say why it was refused."""
    if limits.too_often(request, "code"):
        form.add_error(None, limits.sentence())
        return None
    try:
        outcome = guests.take(confirmation, form.cleaned_data["code"])
    except confirmations.CodeWrong as wrong:
        form.add_error("code", attempts_left(wrong.left))
    except confirmations.CodeExpired:
        form.add_error("code", _("This code has expired or was tried too often. Ask for a new one below."))
    except people.Inactive:
        form.add_error(None, _("This account is closed."))
    else:
        return enter(request, confirmation, outcome)
    return None


def enter(request: HttpRequest, confirmation: Confirmation, outcome: guests.Outcome) -> HttpResponse:
    """Sign the guest in and lead to the message, or back to its form when it could not be posted."""
    request.session.pop(WAITING, None)
    if outcome.post is not None:
        messages.success(request, _("Your message is published, and you are signed in."))
        return login(request, outcome.person, outcome.post.get_absolute_url())
    if isinstance(outcome.problem, posts.SaidAlready):
        messages.info(request, _("You have already posted this message."))
        return login(request, outcome.person, outcome.problem.post.get_absolute_url())
    if outcome.problem is not None:
        messages.error(request, reason(outcome.problem))
    return login(request, outcome.person, keep_draft(request, confirmation))


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """A new code in place of the last."""
    if limits.too_often(request, "send_code"):
        return limits.refused(request)
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
