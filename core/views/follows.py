"""Following a subject, from a page of its own so that reading pages carry no form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.contract import SubjectRef
from core.domain import follows
from core.registry import registry


def public_subject(subject_type: str, key: str) -> Any:
    """The public subject behind an address, or 404."""
    ref = SubjectRef(subject_type, key)
    try:
        subject = registry.resolve([ref]).get(ref)
    except (ValueError, ValidationError):  # a key that its field cannot hold
        raise Http404 from None
    if subject is None or not subject.is_public:
        raise Http404
    return subject


@login_required
@never_cache
def follow(request: HttpRequest, subject_type: str, key: str) -> HttpResponse:
    """Asks, then follows or stops following."""
    subject = public_subject(subject_type, key)
    following = follows.is_following(request.user, subject)
    if request.method == "POST":
        try:
            if request.POST.get("stop"):
                follows.unfollow(request.user, subject)
                messages.success(request, _("You no longer follow this."))
            else:
                follows.follow(request.user, subject)
                messages.success(request, _("You will be told what happens here."))
        except follows.CannotFollow:
            raise Http404 from None
        return redirect(subject.get_absolute_url())
    known = registry.subject(subject_type)
    if known is None or not known.follow:
        raise Http404
    return render(
        request, "core/follow.html", {"subject": subject, "following": following, "kind": known.label}
    )
