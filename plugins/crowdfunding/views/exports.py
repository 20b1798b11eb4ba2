"""Accounts as files, for the treasurer alone; each download is written in the journal."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from plugins.crowdfunding.domain import exports
from plugins.crowdfunding.forms.gates import ExportForm
from plugins.crowdfunding.views.receipts import kept


@never_cache
@login_required
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Choose a file and a period; sent, it comes as a download, streamed."""
    organisation = kept(request, slug)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kind, period = form.cleaned_data["kind"], form.period
        made, pieces = exports.export(organisation, kind, period, by=request.user)
        name = f"{organisation.slug}-{kind}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.{made.ending}"
        response = StreamingHttpResponse(pieces, content_type=f"{made.content_type}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response
    context = {"organisation": organisation, "form": form}
    shown: HttpResponse = render(
        request, "crowdfunding/exports.html", context, status=422 if form.errors else 200
    )
    return shown
