"""Rewards for those who offer them: the list, one form, withdrawing, publishing a collective return."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain.permissions import require
from plugins.crowdfunding.domain import deliveries, rewards
from plugins.crowdfunding.forms.rewards import ReturnForm, RewardForm
from plugins.crowdfunding.models import Campaign, Reward

ACTS = {"withdraw": rewards.withdraw, "again": rewards.offer_again}


def _campaign(request: HttpRequest, slug: str) -> Campaign:
    """The campaign, for who may change its rewards; everyone else is refused."""
    campaign = get_object_or_404(Campaign.objects.shown().select_related("project__owner"), slug=slug)
    require(rewards.may_offer(request.user, campaign))
    return campaign


def _reward(request: HttpRequest, slug: str, uid: str) -> Reward:
    campaign = _campaign(request, slug)
    reward = get_object_or_404(Reward.objects.select_related("producer"), campaign=campaign, uid=uid)
    reward.campaign = campaign
    return reward


@never_cache
@login_required
@require_safe
def reward_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All rewards of a campaign with what can be done with each."""
    campaign = _campaign(request, slug)
    context = {
        "campaign": campaign,
        "rewards": rewards.of_campaign(campaign),
        "counts": deliveries.counts(deliveries.visible(request.user, campaign)),
    }
    return render(request, "crowdfunding/reward_list.html", context)


@never_cache
@login_required
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer something new."""
    campaign = _campaign(request, slug)
    form = RewardForm(campaign, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        rewards.offer(campaign, form.offer, by=request.user)
        messages.success(request, _("It is offered from now on."))
        return redirect("crowdfunding:rewards", campaign.slug)
    return _form(request, form, campaign, None)


@never_cache
@login_required
def edit(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Other words, amount, stock or month."""
    reward = _reward(request, slug, uid)
    form = RewardForm(reward.campaign, request.POST if request.method == "POST" else None, reward=reward)
    if request.method == "POST" and form.is_valid():
        try:
            rewards.change(reward, form.offer, by=request.user)
        except rewards.StockTaken as error:
            field = "stock" if form.cleaned_data["kind"] == reward.kind else "kind"
            form.add_error(field, _taken(error.taken))
        else:
            messages.success(request, _("The reward is changed."))
            return redirect("crowdfunding:rewards", slug)
    return _form(request, form, reward.campaign, reward)


def _taken(number: int) -> str:
    return ngettext(
        "%(number)d donor chose it already: there must be at least as many, of the same kind.",
        "%(number)d donors chose it already: there must be at least as many, of the same kind.",
        number,
    ) % {"number": number}


def _form(request: HttpRequest, form: RewardForm, campaign: Campaign, reward: Reward | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "campaign": campaign, "reward": reward}
    return render(request, "crowdfunding/reward_form.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def act(request: HttpRequest, slug: str, uid: str, act: str) -> HttpResponse:
    """Withdraw a reward or offer it again, after confirming."""
    reward = _reward(request, slug, uid)
    if act not in ACTS:
        raise Http404
    if request.method == "POST":
        ACTS[act](reward, by=request.user)
        messages.success(request, _("Done."))
        return redirect("crowdfunding:rewards", slug)
    context = {"reward": reward, "campaign": reward.campaign, "act": act}
    return render(request, "crowdfunding/reward_act.html", context)


@never_cache
@login_required
def publish(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Say where a collective return is found; the first time every donor is told."""
    reward = _reward(request, slug, uid)
    if reward.is_individual:
        raise Http404
    initial = {"url": reward.published_url}
    form = ReturnForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        url = form.cleaned_data["url"]
        try:
            deliveries.publish(reward, url, by=request.user)
        except deliveries.AlreadyPublished:
            deliveries.correct_address(reward, url)
            messages.success(request, _("The address is changed; nobody is told again."))
        else:
            messages.success(request, _("It is published. Every donor gets a letter."))
        return redirect("crowdfunding:rewards", slug)
    context = {"form": form, "reward": reward, "campaign": reward.campaign}
    return render(request, "crowdfunding/return_form.html", context, status=422 if form.errors else 200)
