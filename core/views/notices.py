"""What a person was told, and how to hear less of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.domain import mail, notices
from core.models import LetterRefusal, Person

SIZE = 20


@login_required
@never_cache
def notice_list(request: HttpRequest) -> HttpResponse:
    """The person's notices, newest first, twenty at a time from ``?before=<id>``."""
    rows = notices.of_person(request.user)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    shown = list(rows[: SIZE + 1])
    context = {
        "notices": notices.describe(shown[:SIZE]),
        "next": shown[SIZE - 1].pk if len(shown) > SIZE else None,
        "newest": shown[0].pk if shown else None,
        "unread": notices.unread(request.user),
    }
    return render(request, "core/notices/notice_list.html", context)


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Everything shown so far is read."""
    until = request.POST.get("until", "")
    number = notices.mark_read(
        request.user, until=int(until) if until.isdecimal() and len(until) < 19 else None
    )
    messages.success(request, _("Marked as read: %(number)s.") % {"number": number})
    return redirect("notices")


@csrf_exempt  # the mail program's one click carries no cookie; the signature in the address is the proof
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A signed link from a mail: asks on GET, stops on POST, whether the reader is signed in or not."""
    try:
        what = mail.read_stop_token(token)
    except signing.BadSignature:
        raise Http404 from None
    person = Person.objects.filter(uid=what["person"]).first() if "person" in what else None
    if "person" in what and person is None:
        raise Http404
    done = request.method == "POST"
    if done:
        everything = request.POST.get("everything") == "1"
        if person is not None:
            notices.refuse(person, notices.ALL if everything else what["verb"])
        else:
            LetterRefusal.objects.get_or_create(email=what["email"])
    context = {"person": person, "done": done, "label": notices.verb_label(what.get("verb", ""))}
    return render(request, "core/notices/unsubscribe.html", context)
