"""Posting an announcement, and taking one's own back."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.domain import announcements
from core.domain.moderation import moderates
from core.domain.permissions import MANAGERS, require
from core.forms.moderation import AnnouncementForm
from core.models import AnnouncementPage, Organisation
from core.views import limits
from core.views.addresses import posted
from core.views.charter import member_required


@member_required
@never_cache
def announce(request: HttpRequest) -> HttpResponse:
    """Anyone who accepted the charter posts one; it is shown at once, until its day."""
    mine = Q(memberships__person=request.user, memberships__until=None, memberships__role__in=MANAGERS)
    own = Organisation.objects.filter(mine, status=Organisation.Status.ADMITTED).distinct()
    form = AnnouncementForm(posted(request), organisations=own)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and limits.too_often(request, "announce"):
            form.add_error(None, limits.sentence())
            status = 429
        elif form.is_valid():
            data = form.cleaned_data
            page = announcements.announce(
                author=request.user,
                title=data["title"],
                body=data["body"],
                until=data["until"],
                language=get_language() or "fr",
                territory=data.get("territory"),
                organisation=data.get("organisation"),
            )
            messages.success(request, _("Your announcement can be read now."))
            return redirect(page.get_absolute_url())
    return render(request, "core/announcement_form.html", {"form": form}, status=status)


@member_required
@never_cache
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Its author or who moderates takes an announcement from view, after a question."""
    page = get_object_or_404(AnnouncementPage, pk=pk, live=True)
    require(page.author_id == request.user.pk or moderates(request.user))
    if request.method == "POST":
        announcements.remove(page, request.user)
        messages.success(request, _("The announcement is taken from view."))
        return redirect(page.get_parent().url)
    return render(request, "core/announcement_remove.html", {"page": page})
