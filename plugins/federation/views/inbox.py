"""Where other servers post activities: every inbox, personal or shared, is this one view.

Mount it as ``inbox`` at every inbox path, with and without trailing slash.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from plugins.federation.domain import gate


@csrf_exempt
@require_POST
def inbox(request: HttpRequest, **path: str) -> HttpResponse:
    """Hand the request to the gate; signatures stand in for the CSRF token."""
    return gate.receive(request)
