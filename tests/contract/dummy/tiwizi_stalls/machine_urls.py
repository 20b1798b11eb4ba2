"""Mounted at the root."""

from django.http import JsonResponse
from django.urls import path

urlpatterns = [path("stalls-hook/", lambda request: JsonResponse({"stalls": "heard"}), name="hook")]
