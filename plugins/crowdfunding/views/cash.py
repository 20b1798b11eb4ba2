"""The cash book: who took what, who confirms it, and its numbered receipts on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.documents import pdf
from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import cash, collectors, deposits, keyset, pledges
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.numbers import ltr
from plugins.crowdfunding.forms.cash import CorrectForm, DeclareForm, RefuseForm
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import CashGift, Pledge
from plugins.crowdfunding.views.statements import totals

REFUSALS = (collectors.NotAuthorised, collectors.NotSetUp, GatewayError, NotPossible)


def allowed(request: HttpRequest, slug: str) -> Organisation:
    """The organisation, when the person takes or confirms its cash; else 403."""
    organisation = get_object_or_404(Organisation, slug=slug)
    may = cash.may_declare(request.user, organisation) or cash.confirms(request.user, organisation)
    require(may)
    return organisation


@never_cache
@login_required
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """What is in the box, what waits for whom, and each entry with its receipt."""
    organisation = allowed(request, slug)
    page = keyset.page(cash.book(organisation), request.GET.get("after"))
    others = cash.confirmers(organisation)
    box = deposits.in_box(organisation)
    entries = [
        {
            "gift": gift,
            "waits_for": [one for one in others if not cash.same_person(one, gift.declared_by)],
            "mine": gift.declared_by_id == request.user.pk,
            "may_confirm": request.user in others and not cash.same_person(request.user, gift.declared_by),
        }
        for gift in page.rows
    ]
    context = {
        "organisation": organisation,
        "keeps": collectors.may_keep(request.user, organisation),
        "entries": entries,
        "after": page.after,
        "box": box,
        "totals": totals([amount for _project, amount in box]),
        "declared": cash.declared(organisation),
        "cheques": deposits.cheques(organisation).count(),
    }
    return render(request, "crowdfunding/cash.html", context)


@never_cache
@login_required
def declare(request: HttpRequest, slug: str) -> HttpResponse:
    """Note cash one has just taken; the next page is its receipt."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(cash.may_declare(request.user, organisation))
    form = DeclareForm(organisation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        gift = declared(request, form)
        if gift is not None:
            return redirect("crowdfunding:cash_receipt", slug, gift.uid)
    context = {"organisation": organisation, "form": form}
    return render(request, "crowdfunding/cash_declare.html", context, status=422 if form.errors else 200)


def declared(request: HttpRequest, form: Any) -> CashGift | None:
    """Write the entry of a filled form; None with an error on the form when that cannot be."""
    data = form.cleaned_data
    donor = pledges.Donor(
        email=data["email"].strip().lower(),
        name=data["name"],
        anonymous=data["anonymous"],
        language=data["campaign"].language,
    )
    taken = cash.Taken(data["amount"], data["received_on"])
    try:
        gift = cash.declare(data["campaign"], donor, taken, by=request.user, form_key=data["form_key"])
    except cash.FormUsed:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another gift. Send it again to enter this one as well.")
        )
        return None
    except REFUSALS as error:
        form.add_error(None, refusal(error))
        return None
    messages.success(request, waits_sentence(gift))
    return gift


def waits_sentence(gift: CashGift) -> str:
    """What happens next with an entry just made."""
    text = _("Receipt %(number)s. The gift counts as promised until another person confirms it.")
    return text % {"number": ltr(gift.receipt_number)}


def refusal(error: Exception) -> str:
    """Why cash cannot be entered or confirmed, and what to do."""
    if isinstance(error, collectors.NotAuthorised):
        return _("The organisation may not collect on that day: its authorisation is missing or out of date.")
    if isinstance(error, collectors.NotSetUp):
        return _("Enter the bank details of the organisation first.")
    return _(
        "This promise takes no money any more: it is already received, or its campaign failed. Give the cash back "
        "and refuse the entry."
    )


def _entry(request: HttpRequest, slug: str, uid: str) -> tuple[Organisation, CashGift]:
    organisation = allowed(request, slug)
    rows = cash.book(organisation).select_related("collector", "replaces", "pledge__campaign__project")
    return organisation, get_object_or_404(rows, uid=uid)


@never_cache
@login_required
def confirm(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Say that the money is in the box; another person than who took it, treasurer or manager."""
    organisation, gift = _entry(request, slug, uid)
    require(cash.confirms(request.user, organisation))
    same = cash.same_person(request.user, gift.declared_by)
    if request.method == "POST":
        require(not same)
        try:
            cash.confirm(gift, by=request.user)
        except (NotPossible, GatewayError, collectors.NotAuthorised, collectors.NotSetUp) as error:
            messages.error(request, _decided_before(gift) or refusal(error))
        else:
            messages.success(request, _("Confirmed. The donor is told, the ledger and the gauge have moved."))
        return redirect("crowdfunding:cash", slug)
    context = {"organisation": organisation, "gift": gift, "same": same}
    return render(request, "crowdfunding/cash_confirm.html", context)


def _decided_before(gift: CashGift) -> str:
    """A sentence when somebody else was faster; nothing otherwise."""
    gift.refresh_from_db(fields=["state"])
    return "" if gift.state == CashGift.State.DECLARED else _("This entry was decided before.")


@never_cache
@login_required
def refuse(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """The entry does not stand: refused by who confirms, or withdrawn by who made it."""
    organisation, gift = _entry(request, slug, uid)
    require(cash.confirms(request.user, organisation) or gift.declared_by_id == request.user.pk)
    form = RefuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            cash.refuse(gift, form.cleaned_data["reason"], by=request.user)
        except NotPossible:
            messages.warning(request, _("This entry was decided before."))
        else:
            messages.success(request, _("Refused. Its number stays in the book, void."))
        return redirect("crowdfunding:cash", slug)
    context = {"organisation": organisation, "gift": gift, "form": form}
    return render(request, "crowdfunding/cash_refuse.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def correct(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Another amount or day than was declared: a new entry replaces the old one and waits for somebody else."""
    organisation, gift = _entry(request, slug, uid)
    require(cash.confirms(request.user, organisation) or gift.declared_by_id == request.user.pk)
    form = CorrectForm(gift, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        taken = cash.Taken(data["amount"], data["received_on"])
        reason = CashGift.Reason.AMOUNT if taken.amount != gift.amount else CashGift.Reason.MISTAKE
        try:
            new = cash.correct(gift, taken, reason, by=request.user, form_key=data["form_key"])
        except REFUSALS as error:
            form.add_error(None, _decided_before(gift) or refusal(error))
        else:
            messages.success(request, waits_sentence(new))
            return redirect("crowdfunding:cash_receipt", slug, new.uid)
    context = {"organisation": organisation, "gift": gift, "form": form}
    return render(request, "crowdfunding/cash_correct.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def receipt(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """The receipt to print and hand over."""
    organisation, gift = _entry(request, slug, uid)
    context = {"organisation": organisation, "gift": gift, "member": True}
    return render(request, "crowdfunding/cash_receipt.html", context)


@never_cache
@login_required
def receipt_pdf(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """The same receipt as PDF."""
    return _as_pdf(_entry(request, slug, uid)[1])


def _of_donor(token: str) -> CashGift:
    """The newest entry of the promise behind a private link."""
    pledge = get_object_or_404(Pledge, token=token)
    rows = CashGift.objects.filter(pledge=pledge).select_related(
        "pledge__campaign__project", "collector", "declared_by", "decided_by", "payment", "replaces"
    )
    gift = rows.order_by("-pk").first()
    if gift is None:
        raise Http404
    return gift


@never_cache
def donor_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as the donor reads it by the private link of the promise."""
    gift = _of_donor(token)
    context = {"organisation": gift.collector, "gift": gift, "member": False}
    return render(request, "crowdfunding/cash_receipt.html", context)


@never_cache
def donor_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The donor's receipt as PDF."""
    return _as_pdf(_of_donor(token))


def _as_pdf(gift: CashGift) -> HttpResponse:
    language = get_language() or gift.pledge.language
    facts = {"gift": gift, "organisation": gift.collector}
    answer = HttpResponse(
        pdf("crowdfunding/documents/cash_receipt.html", facts, language), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'inline; filename="{gift.receipt_number}.pdf"'
    return answer
