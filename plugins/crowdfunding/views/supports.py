"""Regular support: begun as a guest, then a private page where the donor changes everything alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.domain.permissions import require
from core.models import Organisation, Person
from plugins.crowdfunding.domain import (
    changes,
    collectors,
    keyset,
    pledges,
    rules,
    support_acts,
    support_letters,
    supports,
)
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.supports import AmountForm, SupportForm
from plugins.crowdfunding.models import Campaign, Pledge, Support
from plugins.crowdfunding.views import paying
from plugins.crowdfunding.views.limits import too_many
from plugins.crowdfunding.views.private import secluded

ACTS: dict[str, Callable[[Support], Support]] = {
    "pause": support_acts.pause,
    "resume": support_acts.resume,
    "stop": support_acts.stop,
}


@never_cache
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a regular support; sent, it leads to the provider's page or to the private page."""
    campaign = get_object_or_404(
        Campaign.objects.public().shown().filter(kind=Campaign.Kind.RECURRING), slug=slug
    )
    posted = request.method == "POST"
    if not campaign.takes_pledges():
        status = 409 if posted else 200
        return render(request, "crowdfunding/not_taking.html", {"campaign": campaign}, status=status)
    person = request.user if isinstance(request.user, Person) else None
    initial = {"email": person.email, "name": person.name} if person else {}
    ways = changes.ways(campaign)
    form = SupportForm(campaign, request.POST if posted else None, ways=ways, initial=initial)
    if posted and form.is_valid() and (made := _made(request, campaign, form, person)) is not None:
        return _onwards(request, made)
    authorised = support_letters.may_collect(campaign.collector)
    context = {
        "form": form,
        "campaign": campaign,
        "authorised": authorised,
        "rules": rules.sentences(campaign),
    }
    return render(request, "crowdfunding/support_give.html", context, status=422 if posted else 200)


def _made(
    request: HttpRequest, campaign: Campaign, form: SupportForm, person: Person | None
) -> Support | None:
    """The support of a valid form, or None with the reason on the form."""
    data = form.cleaned_data
    if too_many(request, "support", email=data["email"]):
        form.add_error(None, _("Too many promises came from here in the last hour. Please try again later."))
        return None
    donor = pledges.Donor(
        email=data["email"],
        name=data["name"],
        anonymous=data["anonymous"],
        message=data["message"].strip(),
        language=get_language() or "fr",
        person=person,
    )
    try:
        return supports.make(
            campaign,
            donor,
            data["amount"],
            interval=data["interval"],
            channel=form.way,
            form_key=data["form_key"],
        )
    except pledges.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("You already made another promise with this form. Send it again to make a second one.")
        )
    except pledges.NotTaking:
        form.add_error(None, _("This campaign has just ended: it takes no more promises."))
    return None


def _onwards(request: HttpRequest, row: Support) -> HttpResponse:
    """To the page where the card is stored, or to the private page."""
    if row.state != Support.State.STARTED:
        return redirect(row)
    return paying.lead(request, support_acts.for_card(row), row.channel)


def support_of(token: str) -> Support:
    """The support of a private link; else 404."""
    rows = Support.objects.select_related(
        "campaign__project", "campaign__tally", "campaign__collector", "collector", "mandate"
    )
    return get_object_or_404(rows, token=token)


@never_cache
@require_safe
@secluded
def support(request: HttpRequest, token: str) -> HttpResponse:
    """Where a support stands, what is next, what it has given, and everything that can be changed."""
    row = support_of(token)
    waiting = (
        Pledge.objects.filter(support=row, state=Pledge.State.DUE, period__isnull=False)
        .order_by("-pk")
        .first()
    )
    context: dict[str, Any] = {
        "support": row,
        "campaign": row.campaign,
        "history": support_acts.history(row),
        "due": waiting,
        "account": support_letters.account_facts(row),
        "ends_soon": support_acts.ends_soon(row),
        "acts": set(supports.LIFE[row.state]),
        "taking": row.campaign.takes_pledges(),
        "cards": not row.by_standing_order,
        "others": [way for way in changes.ways(row.campaign) if way not in Pledge.OFFLINE],
    }
    return render(request, "crowdfunding/support.html", context)


@never_cache
@secluded
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Another amount from the next time on."""
    row = support_of(token)
    if row.state == Support.State.STOPPED:
        messages.error(request, _("This support was stopped: begin another one if you like."))
        return redirect(row)
    posted = request.method == "POST"
    form = AmountForm(row, request.POST if posted else None)
    if posted and form.is_valid():
        try:
            support_acts.change(row, form.cleaned_data["amount"])
        except NotPossible:
            messages.error(request, _("This support was stopped: begin another one if you like."))
        else:
            messages.success(request, _("The new amount holds from the next time on."))
        return redirect(row)
    context = {"support": row, "campaign": row.campaign, "form": form}
    return render(request, "crowdfunding/support_change.html", context, status=422 if posted else 200)


@never_cache
@secluded
def act(request: HttpRequest, token: str, act: str) -> HttpResponse:
    """Pause, resume or stop, after confirming."""
    row = support_of(token)
    if act not in ACTS:
        raise Http404
    if request.method == "POST":
        try:
            ACTS[act](row)
        except NotPossible:
            messages.error(
                request, _("That is no longer possible; the state of your support is written below.")
            )
        except pledges.NotTaking:
            messages.error(request, _("This campaign takes no more gifts."))
        else:
            messages.success(request, _("Done."))
        return redirect(row)
    if act not in supports.LIFE[row.state]:
        return redirect(row)
    context = {"support": row, "campaign": row.campaign, "act": act}
    return render(request, "crowdfunding/support_act.html", context)


@never_cache
@require_POST
@secluded
def card(request: HttpRequest, token: str) -> HttpResponse:
    """To the provider's page, to store a card or a mandate: the first, or another one."""
    row = support_of(token)
    way = request.POST.get("way", "")
    if way in Pledge.OFFLINE or way not in changes.ways(row.campaign):
        messages.error(request, _("This way of giving is not offered here any more. Choose another below."))
        return redirect(row)
    if too_many(request, "support.card", email=row.email):
        messages.error(request, _("Too many attempts in the last hour. Please try again later."))
        return redirect(row)
    try:
        return paying.lead(request, support_acts.for_card(row), way)
    except NotPossible:
        messages.error(request, _("This support was stopped: begin another one if you like."))
        return redirect(row)


@never_cache
@login_required
def treasury(request: HttpRequest, slug: str) -> HttpResponse:
    """The treasurer's list of regular supports: who gives how much how often, by which code."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    rows = Support.objects.filter(collector=organisation).exclude(state=Support.State.STARTED)
    ended = request.GET.get("ended") == "1"
    over = [Support.State.STOPPED, Support.State.PAUSED]
    rows = rows.filter(state__in=over) if ended else rows.exclude(state__in=over)
    page = keyset.page(rows.select_related("campaign"), request.GET.get("after"))
    context = {"organisation": organisation, "page": page, "ended": ended}
    return render(request, "crowdfunding/treasury_supports.html", context)
