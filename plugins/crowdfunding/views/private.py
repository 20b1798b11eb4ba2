"""The private page of a pledge, reached by its link alone: where it stands, whose turn it is, what can be changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.conf import absolute
from core.models import JournalEntry
from plugins.crowdfunding.domain import changes, collectors, letters, moves, rules, situations, updates
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.giving import LinksForm, MoveForm
from plugins.crowdfunding.gateways import manual, qr
from plugins.crowdfunding.gateways.base import GatewayError, Instructions, Order
from plugins.crowdfunding.models import Pledge, Refund, Transaction
from plugins.crowdfunding.views.limits import too_many

View = Callable[..., HttpResponse]


def secluded(view: View) -> View:
    """No search engine keeps the page (that no other site learns its address is so for all pages)."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return shown


def pledge_of(token: str) -> Pledge:
    """The pledge of a private link; else 404."""
    rows = Pledge.objects.select_related(
        "campaign__project",
        "campaign__tally",
        "campaign__collector",
        "campaign__receiver",
        "collector",
        "mandate",
        "delivery__reward",
    )
    return get_object_or_404(rows, token=token)


def instructions(pledge: Pledge) -> Instructions | None:
    """How to pay a promise that waits for a transfer, or None while it cannot be paid."""
    account = letters.account_of(pledge)
    waits = pledge.state == Pledge.State.PLEDGED and pledge.channel in Pledge.OFFLINE
    if not waits or account is None or not account.takes(pledge.currency):
        return None
    order = Order(
        key=pledge.uid,
        code=pledge.transfer_code,
        amount=pledge.amount,
        beneficiary=collectors.beneficiary(account),
        channel=pledge.channel,
        language=pledge.language,
        return_url=absolute(pledge.get_absolute_url()),
    )
    return manual("offline").start(order)


@never_cache
@require_safe
@secluded
def pledge(request: HttpRequest, token: str) -> HttpResponse:
    """Where a promise stands, whose turn it is, how to pay, what the money did."""
    row = pledge_of(token)
    since = _since(row) if row.state == Pledge.State.RECEIVED else {}
    if since is None:
        row, since = pledge_of(token), {}
    how = instructions(row)
    label = _("QR code of the transfer: account, amount and reference")
    context: dict[str, Any] = {
        "pledge": row,
        "campaign": row.campaign,
        "situation": situations.of(row),
        "how": how,
        "qr": qr.svg(how.qr_text, label=label) if how and how.qr_text else "",
        "refunds": _refunds(row),
        "rules": rules.sentences(row.campaign),
        "news_of_campaign": updates.for_backer(row),
    }
    return render(request, "crowdfunding/pledge.html", context | since)


def _since(row: Pledge) -> dict[str, Any] | None:
    """The payment, its line in the public ledger and what the project did since; None when it was just undone."""
    payment = row.payments.filter(state="received").first()
    if payment is None:
        return None
    keys = [f"payment:{payment.uid}", f"move:{payment.uid}"]
    line = Transaction.objects.filter(key__in=keys).first()
    news = JournalEntry.objects.filter(project=row.campaign.project, public=True, at__gt=payment.recorded_at)
    news = news.exclude(verb__startswith="crowdfunding.payment").order_by("-pk")
    return {"payment": payment, "line": line, "news": news.count()}


def _refunds(row: Pledge) -> list[Refund]:
    """What goes or went back of this gift, newest first."""
    if row.state not in {Pledge.State.RECEIVED, Pledge.State.REFUNDED, Pledge.State.DISPUTED}:
        return []
    rows = Refund.objects.filter(payment__pledge=row).exclude(state=Refund.State.DROPPED)
    return list(rows.order_by("-pk")[:10])


@never_cache
@secluded
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Take a promise back, after confirming."""
    row = pledge_of(token)
    if request.method == "POST":
        _cancelled(request, row)
        return redirect(row)
    if "cancel" not in situations.of(row).acts:
        return redirect(row)
    return render(request, "crowdfunding/pledge_cancel.html", {"pledge": row, "campaign": row.campaign})


def _cancelled(request: HttpRequest, row: Pledge) -> None:
    try:
        changes.cancel(row)
    except rules.Frozen:
        messages.error(request, _("The last 24 hours have begun: promises to this campaign are fixed now."))
    except NotPossible:
        messages.error(request, _("This promise can no longer be cancelled; its state is written below."))
    except GatewayError:
        messages.error(request, _("The provider does not answer just now. Please try again in a moment."))
    else:
        messages.success(request, _("Your promise is cancelled. Thank you for telling us."))


@never_cache
@secluded
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Give to another campaign of the same organisation instead."""
    row = pledge_of(token)
    if row.state == Pledge.State.MOVED and (new := Pledge.objects.filter(moved_from=row).first()):
        return redirect(new)
    if "move" not in situations.of(row).acts:
        messages.error(request, _("That is no longer possible; the state of your gift is written below."))
        return redirect(row)
    posted = request.method == "POST"
    form = MoveForm(moves.targets(row).shown(), request.POST if posted else None)
    if posted and form.is_valid() and (moved := _moved(request, row, form)) is not None:
        return redirect(moved)
    context = {"pledge": row, "campaign": row.campaign, "form": form, "any": bool(form.choices)}
    return render(request, "crowdfunding/pledge_move.html", context, status=422 if posted else 200)


def _moved(request: HttpRequest, row: Pledge, form: MoveForm) -> Pledge | None:
    """The pledge in the other campaign, its card charged when that one keeps every gift; None with the reason."""
    try:
        new = moves.move(changes.shut_pages(row), form.chosen)
    except (NotPossible, rules.Frozen):
        messages.error(request, _("That is no longer possible; the state of your gift is written below."))
        return row
    except moves.WrongTarget:
        form.add_error("campaign", _("This campaign has just ended: choose another one."))
        return None
    except GatewayError:
        form.add_error(None, _("The provider does not answer just now. Please try again in a moment."))
        return None
    changes.pay_moved(new)
    messages.success(request, _("Your gift is for this project now. This is its new page; keep the link."))
    return new


@never_cache
@require_safe
def qr_image(request: HttpRequest, token: str) -> HttpResponse:
    """The QR code as an image, for mails; 404 when there is nothing to pay."""
    how = instructions(pledge_of(token))
    if how is None or not how.qr_text:
        raise Http404
    return HttpResponse(qr.png(how.qr_text), content_type="image/png")


@never_cache
def lost_link(request: HttpRequest) -> HttpResponse:
    """Mail the private links of an address to it; the answer is the same whether it ever gave or not."""
    posted = request.method == "POST"
    form = LinksForm(request.POST if posted else None)
    sent = False
    if posted and form.is_valid():
        email = form.cleaned_data["email"]
        if too_many(request, "links", email=email):
            form.add_error(
                None, _("Too many requests came from here in the last hour. Please try again later.")
            )
        else:
            changes.send_links(email, get_language() or "fr")
            sent = True
    context = {"form": form, "sent": sent}
    return render(request, "crowdfunding/lost_link.html", context, status=422 if posted and not sent else 200)
