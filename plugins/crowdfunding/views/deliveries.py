"""Parcels: for the team and for producers the list, the export and sending several; for donors their own."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.domain.permissions import require
from plugins.crowdfunding.domain import deliveries, keyset
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.rewards import AddressForm, ProblemForm, SendForm
from plugins.crowdfunding.models import Campaign, Delivery, Pledge

TABS = (
    Delivery.State.PROBLEM,
    Delivery.State.TO_SEND,
    Delivery.State.SENT,
    Delivery.State.RECEIVED,
    Delivery.State.RESERVED,
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _campaign(request: HttpRequest, slug: str) -> Campaign:
    campaign = get_object_or_404(Campaign.objects.shown().select_related("project__owner"), slug=slug)
    require(deliveries.may_see(request.user, campaign))
    return campaign


@never_cache
@login_required
@require_safe
def delivery_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Rewards by state; those to send can be ticked and sent together."""
    campaign = _campaign(request, slug)
    rows = deliveries.visible(request.user, campaign)
    state = request.GET.get("state", "")
    state = state if state in TABS else Delivery.State.TO_SEND
    counts = deliveries.counts(rows)
    page = keyset.page(deliveries.with_pledges(rows.filter(state=state)), request.GET.get("after"), size=50)
    open_here = state in {Delivery.State.TO_SEND, Delivery.State.PROBLEM}
    context = {
        "campaign": campaign,
        "state": str(state),
        "tabs": [(str(tab), tab.label, counts[tab]) for tab in TABS],
        "page": page,
        "sendable": open_here
        and any(not row.waits_for_address and row.pledge.state == "received" for row in page.rows),
    }
    return render(request, "crowdfunding/delivery_list.html", context)


@never_cache
@login_required
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """The ticked rewards with their parcel numbers; sent, their donors are told."""
    campaign = _campaign(request, slug)
    ticked = (request.POST if request.method == "POST" else request.GET).getlist("d")
    wanted = [uid[:26] for uid in ticked[: deliveries.SEVERAL]]
    rows = deliveries.visible(request.user, campaign).filter(uid__in=wanted)
    found = list(deliveries.with_pledges(rows).order_by("pk"))
    if not found:
        messages.error(request, _("Tick at least one reward that is to be sent."))
        return redirect("crowdfunding:deliveries", slug)
    form = SendForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _sent(request, campaign, rows, form):
        return redirect("crowdfunding:deliveries", slug)
    context = {"form": form, "campaign": campaign, "rows": found}
    return render(request, "crowdfunding/delivery_send.html", context, status=422 if form.errors else 200)


def _sent(request: HttpRequest, campaign: Campaign, rows: QuerySet[Delivery], form: SendForm) -> bool:
    """Send what a valid form says; False with the reason on the form."""
    carrier, person = form.cleaned_data["carrier"], request.user
    try:
        number = deliveries.send(rows, campaign, carrier=carrier, numbers=form.numbers, by=person)
    except NotPossible:
        form.add_error(
            None,
            _(
                "One of them cannot be sent any more: it was just sent, or its gift was given back. Begin again."
            ),
        )
        return False
    except deliveries.AddressMissing:
        form.add_error(None, _("One of them has no address yet. Leave it out; its donor was asked."))
        return False
    told = ngettext(
        "%(number)d reward is on its way; its donor is told.",
        "%(number)d rewards are on their way; their donors are told.",
        number,
    )
    messages.success(request, told % {"number": number})
    return True


class _Echo:
    """A file that gives back what is written."""

    def write(self, value: str) -> str:
        return value


def pieces(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table as CSV; a cell that a spreadsheet would compute is kept as text by an apostrophe."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(deliveries.COLUMNS)
    for row in rows:
        yield writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])


@never_cache
@login_required
@require_POST
def export(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """All rewards of the campaign that the reader may see, as CSV; taking addresses away is noted."""
    campaign = _campaign(request, slug)
    deliveries.note_export(campaign, request.user)
    rows = deliveries.table(deliveries.visible(request.user, campaign))
    response = StreamingHttpResponse(pieces(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rewards-{campaign.uid}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _own(token: str) -> tuple[Pledge, Delivery]:
    """A pledge and its reward, reached by the private link; 404 without one."""
    pledge = get_object_or_404(Pledge.objects.select_related("campaign__project", "collector"), token=token)
    found = deliveries.of_pledge(pledge)
    if found is None:
        raise Http404
    found.pledge = pledge
    return pledge, found


@never_cache
def address(request: HttpRequest, token: str) -> HttpResponse:
    """The donor says where to send the reward, once the gift is there."""
    pledge, delivery = _own(token)
    known: dict[str, Any] = {"recipient": delivery.recipient or pledge.name}
    known |= {"address": delivery.address, "phone": delivery.phone}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=known)
    asked = {Delivery.State.TO_SEND, Delivery.State.PROBLEM}
    if request.method != "POST" and (delivery.state not in asked or not delivery.reward.needs_address):
        return redirect(pledge)
    if request.method == "POST" and form.is_valid():
        try:
            deliveries.say_where(delivery, **form.cleaned_data)
        except NotPossible:
            messages.error(request, _("The address can no longer be changed here: see the state below."))
        else:
            messages.success(request, _("Thank you, the address is noted."))
        return redirect(pledge)
    context = {"form": form, "pledge": pledge, "delivery": delivery}
    return _private(request, "crowdfunding/pledge_address.html", context, 422 if form.errors else 200)


@never_cache
def arrived(request: HttpRequest, token: str) -> HttpResponse:
    """The donor says that the reward arrived, after confirming."""
    pledge, delivery = _own(token)
    if request.method != "POST":
        context = {"pledge": pledge, "delivery": delivery}
        return _private(request, "crowdfunding/pledge_arrived.html", context)
    try:
        deliveries.confirm(delivery)
    except NotPossible:
        messages.error(request, _("This cannot be said of it now: see the state below."))
    else:
        messages.success(request, _("Thank you for telling us. The address is erased in 90 days."))
    return redirect(pledge)


@never_cache
def problem(request: HttpRequest, token: str) -> HttpResponse:
    """The donor says what is wrong with it."""
    pledge, delivery = _own(token)
    form = ProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deliveries.complain(delivery, form.cleaned_data["problem"])
        except NotPossible:
            messages.error(request, _("This cannot be said of it now: see the state below."))
        else:
            messages.success(request, _("Thank you: those who send the rewards see it first in their list."))
        return redirect(pledge)
    context = {"form": form, "pledge": pledge, "delivery": delivery}
    return _private(request, "crowdfunding/pledge_problem.html", context, 422 if form.errors else 200)


def _private(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
