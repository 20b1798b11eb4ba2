"""Who pays what of a project's budget: shares, parts of campaigns, and a warning where it is too much (D16)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.domain.permissions import require
from core.models import BudgetLine, Project
from core.money import money
from plugins.crowdfunding.domain import campaigns, lines, shares
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.promise_lives import SHARE
from plugins.crowdfunding.forms.shares import AllotmentForm, DecidedForm, PaidForm, ShareForm
from plugins.crowdfunding.models import Allotment, Campaign, Share
from plugins.crowdfunding.views.offers import excess_words

ACTS = ("decide", "pay", "unpay", "withdraw")


def _project(request: HttpRequest, slug: str) -> Project:
    project = get_object_or_404(Project.objects.public().select_related("owner"), slug=slug)
    require(shares.may_plan(request.user, project))
    return project


@never_cache
@login_required
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Every line with who pays it, what is too much, what is missing."""
    project = _project(request, slug)
    running = Campaign.objects.filter(project=project).exclude(
        state__in=[Campaign.State.CANCELLED, Campaign.State.FAILED]
    )
    context = {
        "project": project,
        "bars": lines.of_project(project),
        "campaigns": list(running.order_by("pk")),
        "acts": SHARE,
    }
    return render(request, "crowdfunding/plan/plan.html", context)


def _line(project: Project, uid: str) -> BudgetLine:
    found = get_object_or_404(BudgetLine, project=project, uid=uid)
    if found.kind != BudgetLine.Kind.MONEY:
        raise Http404
    found.project = project
    return found


@never_cache
@login_required
def announce(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Write down that a commune or programme pays a part of a line."""
    project = _project(request, slug)
    line = _line(project, uid)
    form = ShareForm(request.POST if request.method == "POST" else None, line)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            shares.announce(
                line, form.promise, by=request.user, form_key=data["form_key"], despite=data["despite"]
            )
        except lines.Overfunded as error:
            form.warn(excess_words(error.bar))
        else:
            messages.success(request, _("The share is written down."))
            return redirect("crowdfunding:plan", slug)
    return _page(request, "share_form.html", {"project": project, "line": line, "form": form})


@never_cache
@login_required
def allot(request: HttpRequest, slug: str, uid: str, campaign: str) -> HttpResponse:
    """Say what a campaign is to pay of a line."""
    project = _project(request, slug)
    line = _line(project, uid)
    found = get_object_or_404(Campaign, project=project, slug=campaign, currency=line.currency)
    require(campaigns.may_edit(request.user, found))
    present = Allotment.objects.filter(campaign=found, line=line).first()
    amount = money(present.amount_minor, line.currency) if present is not None else None
    form = AllotmentForm(request.POST if request.method == "POST" else None, line, amount)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            shares.allot(found, line, data["amount"], by=request.user, despite=data["despite"])
        except lines.Overfunded as error:
            form.warn(excess_words(error.bar))
        else:
            messages.success(request, _("The part of the campaign is written down."))
            return redirect("crowdfunding:plan", slug)
    context = {"project": project, "line": line, "campaign": found, "form": form}
    return _page(request, "allot_form.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, f"crowdfunding/plan/{template}", context, status=status)


@never_cache
@login_required
def share_act(request: HttpRequest, slug: str, uid: str, act: str) -> HttpResponse:
    """A share was decided, paid, not paid after all, or is given no more; after confirming."""
    project = _project(request, slug)
    share = get_object_or_404(Share.objects.select_related("line"), line__project=project, uid=uid)
    if act not in ACTS:
        raise Http404
    if act not in SHARE[share.state]:
        messages.error(request, _("This share is in a state from which that cannot be done."))
        return redirect("crowdfunding:plan", slug)
    data = request.POST if request.method == "POST" else None
    form = {"decide": DecidedForm, "pay": PaidForm}.get(act)
    filled: forms.Form = form(data, share) if form is not None else forms.Form(data)
    if filled.is_bound and filled.is_valid():
        _do(request, share, act, filled.cleaned_data)
        return redirect("crowdfunding:plan", slug)
    context = {"project": project, "share": share, "act": act, "form": filled}
    return _page(request, "share_act.html", context)


def _do(request: HttpRequest, share: Share, act: str, data: dict[str, Any]) -> None:
    try:
        if act == "decide":
            shares.decide(share, data["on"], " ".join(data["reference"].split()), by=request.user)
        elif act == "pay":
            shares.pay(share, data["on"], by=request.user)
        elif act == "unpay":
            shares.unpay(share, by=request.user)
        else:
            shares.withdraw(share, by=request.user)
    except NotPossible:
        messages.error(request, _("This share is in a state from which that cannot be done."))
    else:
        messages.success(request, _("Done."))
