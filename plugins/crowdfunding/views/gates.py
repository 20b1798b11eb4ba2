"""The rules an organisation collects under, each open or shut with what to do, and what it owes the authorities."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import appeals, collectors, gates
from plugins.crowdfunding.forms.gates import DeclarationForm, ReportForm
from plugins.crowdfunding.models import AppealReport, Campaign, CollectorSettings


@never_cache
@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Each gate open or shut, the yearly meter, the declaration, reports that are due."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_set_up(request.user, organisation))
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    meter = gates.meter(organisation)
    if request.method == "POST" and form.is_valid():
        gates.declare(organisation, by=request.user, year=meter.year, **form.cleaned_data)
        messages.success(request, _("The declaration of %(year)s is noted.") % {"year": meter.year})
        return redirect("crowdfunding:treasury_gates", slug)
    found = CollectorSettings.objects.filter(organisation=organisation).first()
    latest = (
        Campaign.objects.filter(collector=organisation).select_related("collector").order_by("-pk").first()
    )
    sample = latest or Campaign(collector=organisation, receiver=organisation, currency="EUR")
    context = {
        "organisation": organisation,
        "keeps": collectors.may_keep(request.user, organisation),
        "gates": gates.check(sample),
        "meter": meter if gates.applies(found) else None,
        "form": form,
        "reports": list(appeals.waiting_of(organisation)[:20]),
    }
    return render(request, "crowdfunding/gates.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def report(request: HttpRequest, slug: str, campaign: str) -> HttpResponse:
    """Note that the report on an appeal was sent to the authority."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_set_up(request.user, organisation))
    rows = AppealReport.objects.select_related("campaign")
    row = get_object_or_404(rows, organisation=organisation, campaign__slug=campaign)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if appeals.send(row, by=request.user, **form.cleaned_data):
            messages.success(request, _("Noted: the report was sent."))
        else:
            messages.warning(request, _("This was noted before."))
        return redirect("crowdfunding:treasury_gates", slug)
    context = {"organisation": organisation, "report": row, "form": form}
    return render(request, "crowdfunding/report_sent.html", context, status=422 if form.errors else 200)
