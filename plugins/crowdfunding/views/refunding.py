"""The treasurer gives money back, answers disputes and looks into what a provider said that fits no row."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import collectors, events, keyset, outcomes, refunds
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.refunds import DoneForm, RefundForm, SettleForm
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import Dispute, Payment, ProviderEvent, Refund

OPEN = Refund.OWED | {Refund.State.SENT}
OF_PAYMENT = ("payment__pledge__campaign", "payment__account", "payment__pledge__collector")


def _kept(request: HttpRequest, slug: str) -> Organisation:
    """The organisation, when the person keeps its accounts; else 403."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    return organisation


def _show(
    request: HttpRequest, template: str, context: dict[str, Any], *, wrong: bool = False
) -> HttpResponse:
    return render(request, f"crowdfunding/{template}.html", context, status=422 if wrong else 200)


@never_cache
@login_required
def give_back(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Give a gift back, wholly or in part; asks to confirm."""
    organisation = _kept(request, slug)
    rows = Payment.objects.select_related("pledge__campaign", "pledge__collector", "account")
    payment = get_object_or_404(rows, collector=organisation, uid=uid)
    rest = refunds.rest_of(payment)
    if payment.state != Payment.State.RECEIVED or not rest.amount:
        messages.error(request, _("Nothing is left of this gift to give back."))
        return redirect("crowdfunding:treasury_received", slug)
    posted = request.method == "POST"
    form = RefundForm(request.POST if posted else None, rest=rest)
    step = request.POST.get("step", "") if posted and form.is_valid() else "form"
    if step == "do" and (made := _requested(request, payment, form)) is not None:
        return _sent(request, made)
    context = {"organisation": organisation, "payment": payment, "form": form, "rest": rest}
    ask = posted and step not in {"change", "form"} and not form.errors
    context["by_hand"] = payment.account_id is None
    return _show(request, "refund_confirm" if ask else "refund_form", context, wrong=bool(form.errors))


def _requested(request: HttpRequest, payment: Payment, form: RefundForm) -> Refund | None:
    """The refund of a confirmed form, or None with the reason on it."""
    data = form.cleaned_data
    try:
        return refunds.request(
            payment, data["amount"], by=request.user, reason=data["reason"], form_key=data["form_key"]
        )
    except refunds.TooMuch:
        form.add_error("amount", _("So much is not left of this gift."))
    except NotPossible:
        form.add_error(None, _("Nothing is left of this gift to give back."))
    return None


def _sent(request: HttpRequest, made: Refund) -> HttpResponse:
    """Ask the provider at once; what it does not answer is asked again by itself."""
    slug = made.collector.slug
    if made.by_hand:
        messages.success(request, _("Written. Now send the money, then mark it here as given back."))
        return redirect("crowdfunding:treasury_refunds", slug)
    try:
        done = refunds.send(made)
    except (GatewayError, outcomes.Mismatch):
        messages.warning(
            request, _("Written. The provider does not answer just now; it is asked again by itself.")
        )
        return redirect("crowdfunding:treasury_refunds", slug)
    if done.state == Refund.State.FAILED:
        messages.error(request, _("The provider refused. Try again, or give it back by hand."))
    else:
        messages.success(request, _("The money is on its way back. The donor is told."))
    return redirect("crowdfunding:treasury_refunds", slug)


@never_cache
@login_required
@require_safe
def refund_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Money to be given back, or with ``?all=1`` all that ever was."""
    organisation, everything = _kept(request, slug), request.GET.get("all") == "1"
    rows = Refund.objects.filter(collector=organisation).select_related(*OF_PAYMENT)
    rows = rows if everything else rows.filter(state__in=OPEN)
    page = keyset.page(rows, request.GET.get("after"))
    return _show(
        request, "treasury_refunds", {"organisation": organisation, "page": page, "everything": everything}
    )


def _refund(organisation: Organisation, uid: str) -> Refund:
    rows = Refund.objects.select_related(*OF_PAYMENT, "collector")
    return get_object_or_404(rows, collector=organisation, uid=uid)


@never_cache
@login_required
def refund_done(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Mark a refund by hand as given back, with its proof."""
    organisation = _kept(request, slug)
    row = _refund(organisation, uid)
    form = DoneForm(request.POST if request.method == "POST" else None, since=row.made_at)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            refunds.finish_by_hand(row, by=request.user, reference=data["reference"], on=data["on"])
        except NotPossible:
            messages.error(request, _("The state of this refund has changed meanwhile."))
        else:
            messages.success(request, _("Written in the ledger as given back."))
        return redirect("crowdfunding:treasury_refunds", slug)
    context = {"organisation": organisation, "refund": row, "form": form}
    return _show(request, "refund_done", context, wrong=bool(form.errors))


@never_cache
@login_required
def refund_act(request: HttpRequest, slug: str, uid: str, act: str) -> HttpResponse:
    """Ask the provider again, or drop a refund because the donor leaves the money; after confirming."""
    if act not in {"retry", "drop"}:
        raise Http404
    organisation = _kept(request, slug)
    row = _refund(organisation, uid)
    if request.method != "POST":
        return _show(request, "refund_act", {"organisation": organisation, "refund": row, "act": act})
    try:
        if act == "retry":
            return _sent(request, refunds.retry(row))
        refunds.drop(row, by=request.user)
        messages.success(request, _("The money stays with the campaign; the ledger says so."))
    except NotPossible:
        messages.error(request, _("The state of this refund has changed meanwhile."))
    return redirect("crowdfunding:treasury_refunds", slug)


@never_cache
@login_required
@require_safe
def dispute_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Gifts contested at the bank, with the day by which to answer at the provider."""
    organisation = _kept(request, slug)
    rows = Dispute.objects.filter(collector=organisation).select_related("payment__pledge__campaign")
    page = keyset.page(rows, request.GET.get("after"))
    return _show(request, "treasury_disputes", {"organisation": organisation, "page": page})


@never_cache
@login_required
@require_safe
def event_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What a provider said that fits no row: a person must look into it."""
    organisation, everything = _kept(request, slug), request.GET.get("all") == "1"
    rows = ProviderEvent.objects.filter(account__organisation=organisation)
    states = [ProviderEvent.State.HUMAN, *([ProviderEvent.State.SETTLED] if everything else [])]
    rows = rows.filter(state__in=states).select_related("account", "payment__pledge", "settled_by")
    page = keyset.page(rows, request.GET.get("after"))
    return _show(
        request, "treasury_events", {"organisation": organisation, "page": page, "everything": everything}
    )


@never_cache
@login_required
def event_settle(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say what was found and done about an event."""
    organisation = _kept(request, slug)
    rows = ProviderEvent.objects.filter(account__organisation=organisation).select_related("account")
    row = get_object_or_404(rows.exclude(state=ProviderEvent.State.DONE), pk=pk)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            events.settle(row, by=request.user, note=form.cleaned_data["note"])
        except NotPossible:
            messages.warning(request, _("Somebody else has settled this meanwhile."))
        else:
            messages.success(request, _("Settled. It stays in the list of all."))
        return redirect("crowdfunding:treasury_events", slug)
    context = {"organisation": organisation, "event": row, "form": form}
    return _show(request, "event_settle", context, wrong=bool(form.errors))
