"""The treasurer's bank statements: files imported, their lines looked at, each decided once and undone at will."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from moneyed import Money

from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import collectors, keyset, search
from plugins.crowdfunding.domain.banking import grouped
from plugins.crowdfunding.domain.codes import shown
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.domain.numbers import ltr
from plugins.crowdfunding.domain.statements import booking, imports
from plugins.crowdfunding.domain.statements.candidates import propose
from plugins.crowdfunding.domain.statements.lines import NotAStatement
from plugins.crowdfunding.forms.statements import ColumnsForm, UploadForm, sentence
from plugins.crowdfunding.models import BankLine, CollectorSettings, Payment, Pledge, Statement
from plugins.crowdfunding.views.limits import too_many

FOUND = 10
"""Promises shown by a search for one line."""


def kept(request: HttpRequest, slug: str) -> Organisation:
    """The organisation, when the person keeps its accounts; else 403."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    return organisation


@never_cache
@login_required
def statements(request: HttpRequest, slug: str) -> HttpResponse:
    """Files imported so far, and the form that takes the next one."""
    organisation = kept(request, slug)
    account = CollectorSettings.objects.filter(organisation=organisation).first()
    own = imports.accounts(account) if account else []
    form = UploadForm(own, request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(own, request.POST, request.FILES)
        if form.is_valid():
            taken = _import(request, organisation, form)
            if taken is not None:
                return taken
    rows = Statement.objects.filter(collector=organisation).select_related("imported_by").defer("content")
    context = {
        "organisation": organisation,
        "form": form,
        "own": own,
        "page": keyset.page(rows, request.GET.get("after")),
        "waiting": booking.waiting(organisation).count(),
    }
    return render(request, "crowdfunding/statements.html", context, status=422 if form.errors else 200)


def _import(request: HttpRequest, organisation: Organisation, form: UploadForm) -> HttpResponse | None:
    """Take the file; None with an error on the form when it is refused."""
    if too_many(request, "statements"):
        form.add_error(None, _("Too many files within an hour. Please try again later."))
        return None
    data = form.cleaned_data
    before = set(Statement.objects.filter(collector=organisation).values_list("pk", flat=True))
    try:
        taken = imports.import_file(
            organisation, data["file"], account=data.get("account") or "", by=request.user
        )
    except imports.NotOurAccount as error:
        text = _(
            "This statement is of the account %(account)s, which is not the organisation's own. Check the file."
        )
        form.add_error("file", text % {"account": ltr(grouped(error.account) or "?")})
    except collectors.NotSetUp:
        form.add_error(None, _("Enter the bank details of the organisation first."))
    except NotAStatement as error:
        form.add_error("file", sentence(error.why, error.where))
    else:
        return _imported(request, organisation, taken, known={row.pk for row in taken} <= before)
    return None


def _imported(
    request: HttpRequest, organisation: Organisation, taken: list[Statement], *, known: bool
) -> HttpResponse:
    """Where an imported file leads: to its columns, to the review, or back."""
    asking = next((row for row in taken if row.state == Statement.State.ASKING), None)
    if asking is not None:
        return redirect("crowdfunding:statement_columns", organisation.slug, asking.uid)
    fresh, number = sum(row.fresh for row in taken), sum(row.number for row in taken)
    if known or not fresh:
        messages.info(request, _("Nothing new: all lines of this file were imported before."))
        return redirect("crowdfunding:statements", organisation.slug)
    text = ngettext("%(fresh)s new line of %(number)s.", "%(fresh)s new lines of %(number)s.", fresh)
    messages.success(request, text % {"fresh": fresh, "number": number})
    left = [str(one) for row in taken for one in row.left_out]
    if left:
        text = _("Rows without a day that can be read were left out: %(rows)s. Look at them in the file.")
        messages.warning(request, text % {"rows": ", ".join(left)})
    return redirect("crowdfunding:statement_review", organisation.slug)


@never_cache
@login_required
def columns(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Tell which column of a file is what; remembered for the next file of this bank."""
    organisation = kept(request, slug)
    row = get_object_or_404(Statement, collector=organisation, uid=uid)
    if row.state != Statement.State.ASKING:
        return redirect("crowdfunding:statement_review", slug)
    if request.method == "POST" and request.POST.get("step") == "drop":
        row.delete()
        return redirect("crowdfunding:statements", slug)
    rows = imports.preview(row)
    form = ColumnsForm(rows, row.layout["delimiter"], request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            told = imports.tell_columns(row, form.roles, by=request.user)
        except NotAStatement as error:
            form.add_error(None, sentence(error.why, error.where))
        else:
            if told is None:
                return redirect("crowdfunding:statement_review", slug)
            return _imported(request, organisation, [told], known=False)
    context = {"organisation": organisation, "statement": row, "rows": rows, "form": form}
    return render(request, "crowdfunding/statement_columns.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Lines grouped sure, likely and unknown; one button confirms all sure ones."""
    organisation = kept(request, slug)
    if request.method == "POST":
        seen = [search.clean(pair) for pair in request.POST.getlist("pair")]
        done, left = booking.confirm_sure(organisation, seen, by=request.user)
        if done:
            text = ngettext(
                "%(done)s line is booked; its donor is told.",
                "%(done)s lines are booked; the donors are told.",
                done,
            )
            messages.success(request, text % {"done": done})
        if left:
            text = ngettext(
                "%(left)s line changed meanwhile or cannot be booked: look at it again.",
                "%(left)s lines changed meanwhile or cannot be booked: look at them again.",
                left,
            )
            messages.warning(request, text % {"left": left})
        return redirect("crowdfunding:statement_review", slug)
    proposals = booking.review(organisation)
    groups = {name: [one for one in proposals if one.group == name] for name in ("sure", "likely", "unknown")}
    waiting = booking.waiting(organisation).count()
    context = {
        "organisation": organisation,
        **groups,
        "totals": totals([one.line.amount for one in groups["sure"]]),
        "waiting": waiting,
        "more": waiting - len(proposals),
    }
    return render(request, "crowdfunding/statement_review.html", context)


def totals(amounts: list[Money]) -> list[Money]:
    """One amount per currency; currencies are never added together."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        code = amount.currency.code
        sums[code] = sums[code] + amount if code in sums else amount
    return list(sums.values())


@never_cache
@login_required
def decided(request: HttpRequest, slug: str) -> HttpResponse:
    """Lines booked or left aside, newest first, each with its way back; ``?out=1`` for money that went out."""
    organisation, out = kept(request, slug), request.GET.get("out") == "1"
    rows = BankLine.objects.filter(collector=organisation).decided()
    rows = rows.filter(amount_minor__lt=0) if out else rows.filter(amount_minor__gt=0)
    rows = rows.select_related("payment__pledge__campaign", "decided_by")
    context = {
        "organisation": organisation,
        "out": out,
        "page": keyset.page(rows, request.GET.get("after")),
        "waiting": booking.waiting(organisation).aggregate(number=Count("pk"))["number"],
    }
    return render(request, "crowdfunding/statement_decided.html", context)


@never_cache
@login_required
def line(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """One line: what it may be, a search among all promises, and the ways to say that it is something else."""
    organisation = kept(request, slug)
    row = get_object_or_404(
        BankLine.objects.select_related("payment__pledge__campaign", "statement", "decided_by"),
        collector=organisation,
        uid=uid,
    )
    refusal = _settle(request, organisation, row) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return redirect("crowdfunding:statement_review", slug)
    query = search.clean(request.GET.get("q", ""))
    context: dict[str, Any] = {"organisation": organisation, "line": row, "q": query, "refusal": refusal}
    if row.waits and row.amount_minor > 0:
        found = Pledge.objects.filter(collector=organisation, currency=row.currency)
        found = search.pledges(found.select_related("campaign"), query).order_by("-pk")
        context |= {
            "proposal": propose(organisation, [row])[0],
            "found": list(found[:FOUND]) if query else [],
        }
    return render(request, "crowdfunding/statement_line.html", context, status=422 if refusal else 200)


def _settle(request: HttpRequest, organisation: Organisation, row: BankLine) -> str | None:
    """Do what the treasurer chose for a line; a sentence when that cannot be."""
    kind, _dash, key = search.clean(request.POST.get("choice", "")).partition("-")
    try:
        if kind == "pledge":
            pledge = get_object_or_404(Pledge, collector=organisation, uid=key)
            payment = booking.book(row, pledge, by=request.user)
            messages.success(
                request, _("Booked on the promise %(code)s.") % {"code": ltr(shown(payment.pledge.code))}
            )
        elif kind == "payment":
            entry = get_object_or_404(Payment, collector=organisation, uid=key)
            booking.tie(row, entry, by=request.user)
            messages.success(request, _("The line is tied to the entry made by hand; nothing was booked."))
        else:
            return _("Choose one of the promises, or say that it is something else.")
    except booking.AlreadyDecided:
        messages.warning(request, _("This line was decided before."))
    except (booking.NotTheSame, Payment.DoesNotExist):
        return _("This entry is of another amount, or another line is tied to it.")
    except booking.REFUSALS as error:
        return refusal(error)
    return None


def refusal(error: Exception) -> str:
    """Why a line cannot be booked, and what to do."""
    if isinstance(error, collectors.NotAuthorised):
        return _("The organisation may not collect on that day: its authorisation is missing or out of date.")
    if isinstance(error, collectors.NotSetUp):
        return _("Enter the bank details of the organisation first.")
    if isinstance(error, NotPossible):
        return _(
            "This promise takes no money: it is already received, or its campaign failed. Enter a gift without "
            "promise, or send the money back and leave the line aside."
        )
    return _("This promise is in another currency than the line.")
