"""What a bank line is when it is no promise: a gift nobody announced, something else, or a decision undone."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from plugins.crowdfunding.domain import pledges, search
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.statements import booking
from plugins.crowdfunding.forms.statements import LeaveForm, LineGiftForm
from plugins.crowdfunding.models import BankLine, Pledge
from plugins.crowdfunding.views.statements import kept, refusal


def _line(request: HttpRequest, slug: str, uid: str) -> BankLine:
    rows = BankLine.objects.select_related("collector", "payment__pledge__campaign")
    return get_object_or_404(rows, collector=kept(request, slug), uid=uid)


@never_cache
@login_required
def gift(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Enter a line as a gift without promise; ``?of=`` names a donor's earlier promise to take the name from."""
    row = _line(request, slug, uid)
    if not row.waits or row.amount_minor <= 0:
        messages.warning(request, _("This line was decided before."))
        return redirect("crowdfunding:statement_line", slug, uid)
    of = search.clean(request.GET.get("of", ""))
    again = Pledge.objects.filter(collector=row.collector, uid=of).first()
    form = LineGiftForm(row, again, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _entered(request, row, form):
        return redirect("crowdfunding:statement_review", slug)
    context = {"organisation": row.collector, "line": row, "form": form}
    return render(request, "crowdfunding/statement_gift.html", context, status=422 if form.errors else 200)


def _entered(request: HttpRequest, row: BankLine, form: LineGiftForm) -> bool:
    data = form.cleaned_data
    donor = pledges.Donor(
        email=data["email"],
        name=data["name"],
        anonymous=data["anonymous"],
        language=data["campaign"].language,
    )
    try:
        booking.enter(row, data["campaign"], donor, by=request.user)
    except booking.AlreadyDecided:
        messages.warning(request, _("This line was decided before."))
    except booking.REFUSALS as error:
        form.add_error(None, refusal(error))
        return False
    else:
        messages.success(request, _("The gift is entered. The ledger and the gauge have moved."))
    return True


@never_cache
@login_required
def leave(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Leave a line aside, saying why."""
    row = _line(request, slug, uid)
    data = request.POST if request.method == "POST" else None
    form = LeaveForm(data, initial={"reason": request.GET.get("reason", "")})
    if request.method == "POST" and form.is_valid():
        try:
            booking.leave(row, form.cleaned_data["reason"], form.cleaned_data["note"], by=request.user)
        except booking.AlreadyDecided:
            messages.warning(request, _("This line was decided before."))
        else:
            messages.success(request, _("The line is left aside. It can be looked at again at any time."))
        return redirect("crowdfunding:statement_review", slug)
    context = {"organisation": row.collector, "line": row, "form": form}
    return render(request, "crowdfunding/statement_leave.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def undo(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Look at a line again; a gift it booked is taken out of the accounts. Asks to confirm."""
    row = _line(request, slug, uid)
    if request.method == "POST":
        try:
            booking.undo(row, by=request.user)
        except NotPossible:
            text = _("This gift was given back or contested since, at least in part: it cannot be undone.")
            messages.error(request, text)
            return redirect("crowdfunding:statement_decided", slug)
        messages.success(request, _("The line waits again."))
        return redirect("crowdfunding:statement_line", slug, uid)
    return render(request, "crowdfunding/statement_undo.html", {"organisation": row.collector, "line": row})
