"""The mailbox of the demonstration: what would have been mailed, for whoever tries it out."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.conf import instance
from core.domain.demo_mail import newest


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, those to one address with ``?to=``; 404 on every instance that is not a demonstration."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not instance().demo or not folder:
        raise Http404
    to = request.GET.get("to", "").strip()
    return render(request, "core/demo_mail.html", {"mails": newest(Path(folder), to=to), "to": to})
