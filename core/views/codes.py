"""The page where a code from an e-mail is typed: for an idea and for signing in."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.domain import charter, confirmations, people, proposals
from core.forms.people import CodeForm
from core.models import Confirmation, Person, Project
from core.views import limits
from core.views.addresses import posted

SIGN_IN = "signin"


def login(request: HttpRequest, person: Person, then: str) -> HttpResponse:
    """Sign in who proved their address; a second factor is asked where one is set up."""
    record_authentication(request, person, method="code", email=person.email)
    response: HttpResponse = perform_login(request, person, redirect_url=then, email=person.email)
    return response


def finish_proposal(request: HttpRequest, confirmation: Confirmation, code: str) -> HttpResponse:
    """The idea waits in the queue; its author is signed in and led to the page that says whose turn it is."""
    project = proposals.confirm(confirmation, code)
    then = reverse("idea", args=[project.uid])
    if request.user.is_authenticated:
        return redirect(then)
    author = project.proposer
    if author is None:  # erased between two clicks
        raise Http404
    return login(request, author, then)


def finish_sign_in(request: HttpRequest, confirmation: Confirmation, code: str) -> HttpResponse:
    """Back to where the person wanted to go, over the charter when it is still to be accepted."""
    person = people.enter(confirmation, code)
    then = confirmation.facts.get("next") or reverse("account")
    if not charter.has_accepted(person):
        then = f"{reverse('charter')}?{urlencode({'next': then})}"
    return login(request, person, then)


FINISH: dict[str, Callable[[HttpRequest, Confirmation, str], HttpResponse]] = {
    proposals.PURPOSE: finish_proposal,
    SIGN_IN: finish_sign_in,
}


def used(request: HttpRequest, confirmation: Confirmation) -> HttpResponse:
    """Who sends the page twice, or comes back to it, is led on."""
    if confirmation.purpose == proposals.PURPOSE:
        return redirect("idea", confirmation.facts["project"])
    return redirect("account")


@never_cache
def code(request: HttpRequest, uid: str) -> HttpResponse:
    """Asks for the code; five attempts, then a new one must be sent."""
    confirmation = get_object_or_404(Confirmation, uid=uid)
    if confirmation.purpose not in FINISH:
        raise Http404
    if confirmation.used_at is not None:
        return used(request, confirmation)
    ask = confirmation.purpose == proposals.PURPOSE and charter.current() is not None
    form = CodeForm(posted(request), ask_charter=ask)
    status = 200
    if request.method == "POST":
        status = 400
        if limits.too_often(request, "code"):
            form.add_error(None, limits.sentence())
            status = 429
        elif form.is_valid():
            response = attempt(request, confirmation, form)
            if response is not None:
                return response
    context = {"form": form, "confirmation": confirmation, "idea": None}
    if confirmation.purpose == proposals.PURPOSE:
        context["idea"] = proposals.project_of(confirmation)
    return render(request, "core/account/code.html", context, status=status)


def attempt(request: HttpRequest, confirmation: Confirmation, form: CodeForm) -> HttpResponse | None:
    """Try the code; a refusal becomes an error of the form."""
    try:
        return FINISH[confirmation.purpose](request, confirmation, form.cleaned_data["code"])
    except confirmations.CodeWrong as error:
        sentence = ngettext(
            "This is not the code we sent. You can try %(left)s more time.",
            "This is not the code we sent. You can try %(left)s more times.",
            error.left,
        )
        form.add_error("code", sentence % {"left": error.left})
    except confirmations.CodeExpired:
        form.add_error("code", _("This code is no longer good. Ask for a new one below."))
    except people.Inactive:
        form.add_error(None, _("This account was closed. Use another address."))
    except Project.DoesNotExist:
        form.add_error(None, _("This idea was waiting too long for its code. Please write it again."))
    return None


@require_POST
def resend(request: HttpRequest, uid: str) -> HttpResponse:
    """Sends a new code to the same address."""
    confirmation = get_object_or_404(Confirmation, uid=uid)
    if limits.too_often(request, "send_code"):
        return limits.refused(request)
    try:
        confirmations.resend(confirmation, language=get_language() or "fr")
    except confirmations.TooManyCodes:
        messages.error(
            request,
            _("This address was sent several codes already. Look in the unwanted mail, or wait an hour."),
        )
    except confirmations.CodeExpired:
        return used(request, confirmation)
    else:
        messages.success(request, _("A new code is on its way."))
    return redirect("code", uid)
