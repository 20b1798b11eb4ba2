"""The site's addresses and one view that does nothing, to compare with."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from core.urls import *


def empty(request: HttpRequest) -> HttpResponse:
    """Two bytes through the same middleware."""
    return HttpResponse(b"ok", content_type="text/plain")


urlpatterns = [path("bench/empty/", empty), *urlpatterns]
