"""News of a campaign: read by everybody or by backers, written by its team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain.permissions import require
from core.models import Person
from plugins.crowdfunding.domain import keyset, updates
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.updates import UpdateForm
from plugins.crowdfunding.models import Campaign, Pledge, Update
from plugins.crowdfunding.views.campaigns import found

ACTS = {"publish", "withdraw"}


def _writes(request: HttpRequest, campaign: Campaign) -> bool:
    return isinstance(request.user, Person) and updates.may_write(request.user, campaign)


@require_safe
def update_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All news of a campaign, newest first; its team also sees what waits to be published."""
    campaign = found(request, slug)
    writes = _writes(request, campaign)
    context = {
        "campaign": campaign,
        "page": keyset.page(updates.of_campaign(campaign), request.GET.get("after")),
        "drafts": updates.drafts(campaign) if writes else [],
        "may_write": writes,
    }
    return render(request, "crowdfunding/update_list.html", context)


def _update(uid: str) -> Update:
    rows = Update.objects.select_related(
        "campaign__project__owner", "campaign__collector", "campaign__receiver", "campaign__tally"
    )
    return get_object_or_404(rows, uid=uid)


@require_safe
def update_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One piece of news: for everybody, or for the team; 410 in words once it is withdrawn."""
    update = _update(uid)
    writes = _writes(request, update.campaign)
    if not writes and (update.hidden or update.state == Update.State.DRAFT or not update.campaign.is_public):
        raise Http404
    gone = update.state == Update.State.WITHDRAWN
    closed = update.backers_only and not writes
    context = {
        "update": update,
        "campaign": update.campaign,
        "may_write": writes,
        "readable": not gone and not closed,
        "gone": gone,
    }
    status = 410 if gone else 403 if closed else 200
    return render(request, "crowdfunding/update.html", context, status=status)


@never_cache
@require_safe
def pledge_update(request: HttpRequest, token: str, uid: str) -> HttpResponse:
    """News for backers, read through the private link of a pledge."""
    pledge = get_object_or_404(Pledge.objects.select_related("campaign"), token=token)
    update = _update(uid)
    if update.campaign_id != pledge.campaign_id or not update.stands:
        raise Http404
    readable = updates.reads(pledge) or not update.backers_only
    context = {"update": update, "campaign": update.campaign, "readable": readable, "pledge": pledge}
    response = render(request, "crowdfunding/update.html", context, status=200 if readable else 403)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _team(request: HttpRequest, campaign: Campaign) -> None:
    require(_writes(request, campaign))


@never_cache
@login_required
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """A new piece of news; it stays a draft until it is published."""
    campaign = get_object_or_404(Campaign.objects.shown().select_related("project__owner"), slug=slug)
    _team(request, campaign)
    form = UpdateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = updates.write(
            campaign,
            form.texts,
            by=request.user,
            backers_only=form.cleaned_data["backers_only"],
            language=get_language() or "fr",
            form_key=form.cleaned_data["form_key"],
        )
        messages.success(request, _("The draft is kept. Read it once more, then publish it."))
        return redirect(made)
    return _form(request, form, campaign, None)


@never_cache
@login_required
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Other words."""
    update = _update(uid)
    _team(request, update.campaign)
    form = UpdateForm(request.POST if request.method == "POST" else None, update=update)
    if request.method == "POST" and form.is_valid():
        only = form.cleaned_data["backers_only"]
        try:
            updates.edit(update, form.texts, by=request.user, backers_only=only)
        except NotPossible:
            messages.error(request, _("This news was withdrawn meanwhile."))
        else:
            messages.success(request, _("The news is changed."))
        return redirect(update)
    return _form(request, form, update.campaign, update)


def _form(request: HttpRequest, form: UpdateForm, campaign: Campaign, update: Update | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "campaign": campaign, "update": update}
    return render(request, "crowdfunding/update_form.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def act(request: HttpRequest, uid: str, act: str) -> HttpResponse:
    """Publish or withdraw, after confirming."""
    update = _update(uid)
    _team(request, update.campaign)
    if act not in ACTS:
        raise Http404
    if request.method != "POST":
        number = updates.backers(update.campaign).values("donor").distinct().count()
        context = {"update": update, "campaign": update.campaign, "act": act, "number": number}
        return render(request, "crowdfunding/update_act.html", context)
    return _do(request, update, act)


def _do(request: HttpRequest, update: Update, act: str) -> HttpResponse:
    draft = update.state == Update.State.DRAFT
    person: Any = request.user
    try:
        if act == "publish":
            updates.publish(update, by=person)
            messages.success(request, _("The news is published. Every backer gets a letter."))
            return redirect(update)
        updates.withdraw(update, by=person)
    except NotPossible:
        messages.error(
            request,
            _(
                "That cannot be done: the news is published or withdrawn already, or the campaign is not open yet."
            ),
        )
    else:
        messages.success(request, _("The draft is deleted.") if draft else _("The news is withdrawn."))
    return redirect("crowdfunding:updates", update.campaign.slug)
