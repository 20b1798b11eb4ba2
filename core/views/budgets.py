"""A project's budget: who manages the project writes its lines."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.domain import budgets
from core.forms.budgets import BudgetLineForm
from core.models import BudgetLine
from core.views.addresses import posted
from core.views.sheets import editable


@login_required
@never_cache
def budget(request: HttpRequest, slug: str) -> HttpResponse:
    """All lines, and the form of one more."""
    project = editable(request, slug)
    form = BudgetLineForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            budgets.add(project, form.cleaned_data["kind"], form.texts, form.measure, by=request.user)
        except budgets.TooMany:
            form.add_error(None, _("A budget has 60 lines at most: put some together."))
        else:
            messages.success(request, _("The line is added."))
            return redirect("project_budget", slug)
    context = {"project": project, "form": form, "lines": budgets.of_project(project)}
    return render(request, "core/sheet/budget.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def line(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """One line: its words, its size."""
    project = editable(request, slug)
    row = get_object_or_404(BudgetLine, project=project, uid=uid)
    form = BudgetLineForm(posted(request), line=row)
    if form.is_bound and form.is_valid():
        budgets.edit(row, form.texts, form.measure, by=request.user)
        messages.success(request, _("The line is changed."))
        return redirect("project_budget", slug)
    context = {"project": project, "form": form, "line": row}
    return render(request, "core/sheet/budget_line.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take a line out, unless somebody promised something to it."""
    project = editable(request, slug)
    row = get_object_or_404(BudgetLine, project=project, uid=uid)
    try:
        budgets.remove(row, by=request.user)
    except budgets.InUse:
        messages.error(
            request, _("Something was promised or given to this line: it stays. You can change its words.")
        )
    else:
        messages.success(request, _("The line is removed."))
    return redirect("project_budget", slug)


@login_required
@require_POST
def move_up(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Put a line one place higher."""
    project = editable(request, slug)
    budgets.raise_line(get_object_or_404(BudgetLine, project=project, uid=uid), by=request.user)
    return redirect("project_budget", slug)
