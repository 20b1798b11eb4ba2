"""What readers bring along: the form they sent, the page they want next."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, otherwise: str = "") -> str:
    """The page of this site named by ``next``, or another; never an address elsewhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else otherwise


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even when it is empty, or None when the page is only asked for."""
    return request.POST if request.method == "POST" else None
