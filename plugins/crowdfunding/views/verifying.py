"""Checking a downloaded ledger on a page, for who has no Python at hand; nothing of the file is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.models import Project
from plugins.crowdfunding.forms.verifying import LedgerFileForm
from plugins.crowdfunding.ledger_verifier import Findings, Unreadable, parse, verify
from plugins.crowdfunding.models import Ledger
from plugins.crowdfunding.views.limits import too_many

SHOWN = 20
"""Faults named on the page; a broken chain has as many as it has lines."""


@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Recompute the chain, the sums and the invariants of a file; say where the first fault is."""
    form = LedgerFileForm(request.POST or None, request.FILES or None)
    found, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and not _too_often(request, form):
            found = _findings(form)
            status = 200 if found is not None else 422
    context = {"form": form, "found": found, "faults": found.faults[:SHOWN] if found else [], "known": None}
    if found is not None and found.intact and found.transactions:
        shown = Ledger.objects.filter(project__in=Project.objects.public().local())
        context["known"] = shown.filter(head=found.head).select_related("project").first()
    return render(request, "crowdfunding/ledger_check.html", context, status=status)


def _too_often(request: HttpRequest, form: LedgerFileForm) -> bool:
    if too_many(request, "verify"):
        form.add_error(None, _("That is a lot in a short time. Wait a little and send the file again."))
        return True
    return False


def _findings(form: LedgerFileForm) -> Findings | None:
    """What was found, or None with the reason on the form when the file is no ledger."""
    upload = form.cleaned_data["file"]
    try:
        return verify(parse(upload.read(), csv_rows=upload.name.lower().endswith(".csv")))
    except Unreadable as error:
        form.add_error(
            "file", _("This file is not a ledger: take the CSV or JSON download of a project's ledger.")
        )
        if error.line:
            said = _("It cannot be read from line %(line)s on: it is damaged there, or something else.")
            form.add_error("file", said % {"line": error.line})
        return None
