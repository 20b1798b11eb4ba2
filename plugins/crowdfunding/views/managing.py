"""Preparing, editing, opening, closing and cancelling campaigns."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.domain.permissions import require
from core.models import Person, Project
from plugins.crowdfunding.domain import campaigns, collectors, donors, gates, rules
from plugins.crowdfunding.domain.lifecycles import CAMPAIGN, NotPossible
from plugins.crowdfunding.forms.campaigns import CampaignForm
from plugins.crowdfunding.models import Campaign, Pledge

ACTS: dict[str, Callable[..., None]] = {
    "open": campaigns.open_,
    "close": campaigns.close,
    "cancel": campaigns.cancel,
}


@never_cache
@login_required
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """A new campaign on a project; it stays a draft until the collector opens it."""
    project = get_object_or_404(Project.objects.public().select_related("owner"), slug=slug)
    require(campaigns.may_prepare(request.user, project))
    form = CampaignForm(
        request.POST if request.method == "POST" else None, project=project, person=request.user
    )
    if request.method == "POST" and form.is_valid():
        names = ("goal", "minimum", "opens_on", "closes_on", "collector", "receiver")
        made = campaigns.prepare(
            project,
            by=request.user,
            texts=form.texts,
            language=get_language() or "fr",
            terms=form.terms,
            **{name: form.cleaned_data[name] for name in names},
        )
        messages.success(request, _("The campaign is prepared. Nobody sees it before it is opened."))
        return redirect(made)
    context = {"form": form, "project": project, "campaign": None}
    return render(request, "crowdfunding/campaign_form.html", context, status=422 if form.errors else 200)


def _campaign(slug: str) -> Campaign:
    return get_object_or_404(Campaign.objects.shown(), slug=slug)


@never_cache
@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change texts, goal and dates."""
    campaign = _campaign(slug)
    require(campaigns.may_edit(request.user, campaign))
    form = CampaignForm(
        request.POST if request.method == "POST" else None,
        project=campaign.project,
        person=request.user,
        campaign=campaign,
    )
    if request.method == "POST" and form.is_valid() and _change(campaign, form, request.user):
        messages.success(request, _("The campaign is changed."))
        return redirect(campaign)
    context = {"form": form, "project": campaign.project, "campaign": campaign}
    context["end_fixed"] = rules.end_is_fixed(campaign)
    return render(request, "crowdfunding/campaign_form.html", context, status=422 if form.errors else 200)


def _change(campaign: Campaign, form: CampaignForm, person: Person) -> bool:
    """Change the campaign as the form says; else False, with the reason on the form."""
    data = form.cleaned_data
    try:
        campaigns.edit(
            campaign,
            by=person,
            texts=form.texts,
            goal=data["goal"],
            minimum=data["minimum"],
            closes_on=form.last_day(data),
            terms=form.terms,
        )
    except campaigns.CurrencyFixed:
        form.add_error("currency", _("Promises were made in this currency: it cannot change any more."))
    except collectors.NotSetUp:
        form.add_error("currency", _("The organisation that collects has no account for this currency."))
    except rules.RulesFixed:
        form.add_error(None, _("The rule of an open campaign cannot change: donors promised under it."))
    except rules.EndFixed:
        form.add_error(None, _("The last 24 hours have begun: the end can no longer be moved."))
    return not form.errors


@never_cache
@login_required
def act(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    """Open, close or cancel, after confirming."""
    campaign = _campaign(slug)
    require(campaigns.may_open(request.user, campaign))
    if act not in ACTS:
        raise Http404
    if request.method == "POST":
        return _do(request, campaign, act)
    if act not in CAMPAIGN[campaign.state] or (act == "close" and campaign.is_conditional):
        messages.error(request, _("This campaign is in a state from which that cannot be done."))
        return redirect(campaign)
    context = {"campaign": campaign, "act": act, "tally": campaign.tally}
    return render(request, "crowdfunding/campaign_act.html", context)


def _do(request: HttpRequest, campaign: Campaign, act: str) -> HttpResponse:
    try:
        ACTS[act](campaign, by=request.user)
    except NotPossible:
        messages.error(request, _("This campaign is in a state from which that cannot be done."))
    except campaigns.AlreadyOver:
        messages.error(request, _("The last day of this campaign is past. Choose another one, then open it."))
        return redirect("crowdfunding:campaign_edit", campaign.slug)
    except gates.GateShut as error:
        for gate in error.gates:
            messages.error(request, gate.reason)
        if collectors.may_set_up(request.user, campaign.collector):
            return redirect("crowdfunding:treasury_gates", campaign.collector.slug)
    except collectors.NotSetUp:
        messages.error(
            request, _("The bank details for this currency are missing. Enter them first, then open.")
        )
        return redirect("crowdfunding:treasury_account", campaign.collector.slug)
    else:
        messages.success(request, _("Done."))
    return redirect(campaign)


@never_cache
@login_required
def hide_message(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take a donor's message off the wall, after confirming."""
    campaign = _campaign(slug)
    require(campaigns.may_edit(request.user, campaign))
    row = get_object_or_404(Pledge.objects.select_related("campaign"), campaign=campaign, uid=uid)
    if request.method == "POST":
        donors.hide_message(row, by=request.user)
        messages.success(request, _("The message is hidden; the gift stays in the list."))
        return redirect(campaign)
    return render(request, "crowdfunding/message_hide.html", {"campaign": campaign, "pledge": row})


@never_cache
@login_required
def show_message(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Put a hidden message back on the wall, after confirming."""
    campaign = _campaign(slug)
    require(campaigns.may_edit(request.user, campaign))
    row = get_object_or_404(Pledge.objects.select_related("campaign"), campaign=campaign, uid=uid)
    if request.method == "POST":
        donors.show_message(row, by=request.user)
        messages.success(request, _("The message is shown again."))
        return redirect(campaign)
    context = {"campaign": campaign, "pledge": row, "again": True}
    return render(request, "crowdfunding/message_hide.html", context)
