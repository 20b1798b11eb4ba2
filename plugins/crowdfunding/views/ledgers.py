"""The public ledger of a project: read as a bank statement, downloaded to be checked elsewhere."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from moneyed import Money

from core.models import Project
from core.money import money
from plugins.crowdfunding import ledger_verifier
from plugins.crowdfunding.domain import keyset, ledger
from plugins.crowdfunding.models import Entry, Ledger


def _project(slug: str) -> Project:
    return get_object_or_404(Project.objects.public().local().select_related("owner"), slug=slug)


def running(lines: list[Entry], project: Project) -> list[tuple[Entry, Money]]:
    """Each line with the balance after it, per currency, from the sums up to the newest line shown."""
    if not lines:
        return []
    totals = {total.currency.code: total for total in ledger.balances(project, until=lines[0].pk)}
    found = []
    for line in lines:
        found.append((line, totals[line.currency]))
        totals[line.currency] -= line.amount
    return found


@require_safe
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    """Lines newest first with the running balance, the seal, the downloads."""
    project = _project(slug)
    book = Ledger.objects.filter(project=project).first()
    page = keyset.page(ledger.statement(project), request.GET.get("after"), size=50)
    context = {
        "project": project,
        "book": book,
        "lines": running(page.rows, project),
        "after": page.after,
        "balances": ledger.balances(project),
        "accounts": accounts(book) if book else [],
    }
    return render(request, "crowdfunding/ledger.html", context)


def accounts(book: Ledger) -> list[tuple[str, str, Money]]:
    """Each account in words with its organisation and balance."""
    rows = (
        book.accounts.select_related("organisation")
        .annotate(total=Sum("entries__amount_minor"))
        .order_by("pk")
    )
    return [
        (str(row.get_kind_display()), str(row.organisation), money(abs(row.total or 0), row.currency))
        for row in rows
    ]


def _book(slug: str) -> Ledger:
    book = Ledger.objects.select_related("project").filter(project=_project(slug)).first()
    if book is None:
        raise Http404
    return book


def json_pieces(book: Ledger) -> Iterator[str]:
    """A JSON document in pieces, so that a long ledger is never whole in memory."""
    head = {"project": book.project.uid, "length": book.length, "head": book.head}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "transactions": ['
    for number, document in enumerate(ledger.documents(book, until=book.length)):
        yield ("\n" if number == 0 else ",\n") + json.dumps(document, ensure_ascii=False)
    yield "\n]}\n"


class _Echo:
    """A file that gives back what is written."""

    def write(self, value: str) -> str:
        return value


def csv_pieces(book: Ledger) -> Iterator[str]:
    """A row per entry, with all that is hashed, so that the chain can be recomputed from this file too."""
    writer = csv.writer(_Echo())
    yield writer.writerow(ledger_verifier.COLUMNS)
    for document in ledger.documents(book, until=book.length):
        for entry in document["entries"]:
            row: dict[str, Any] = {**document, **entry}
            row["memo"] = json.dumps(document["memo"], ensure_ascii=False, sort_keys=True)
            row["reverses"] = document["reverses"] or ""
            yield writer.writerow([row[name] for name in ledger_verifier.COLUMNS])


def _download(pieces: Iterator[str], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def as_json(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The whole ledger as JSON."""
    book = _book(slug)
    return _download(json_pieces(book), "application/json", f"ledger-{book.project.uid}.json")


@require_safe
def as_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The whole ledger as CSV."""
    book = _book(slug)
    return _download(csv_pieces(book), "text/csv", f"ledger-{book.project.uid}.csv")


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a downloaded ledger without this server."""
    source = Path(ledger_verifier.__file__).read_text(encoding="utf-8")
    response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ledger_verifier.py"'
    return response
