"""A project's sheet: the one form with which agents and managers edit it, move its stage, withdraw it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.domain import moderation, projects, proposals
from core.domain.permissions import MANAGERS, is_animator, manages, require
from core.domain.territories import label
from core.forms.needs import NeedForm
from core.forms.proposals import SheetForm
from core.models import Need, Organisation, Person, Project
from core.views.addresses import posted


def owners_for(person: Person, project: Project) -> Any:
    """Organisations the person may hand the project to: any for who moderates, their own for managers."""
    admitted = Organisation.objects.filter(status=Organisation.Status.ADMITTED)
    if moderation.moderates(person):
        return admitted
    own = Q(memberships__person=person, memberships__until=None, memberships__role__in=MANAGERS)
    return admitted.filter(own | Q(pk=project.owner_id)).distinct()


def form_of(request: HttpRequest, project: Project) -> SheetForm:
    """The sheet's form, bound when something was sent with it."""
    initial = {
        "place": label(project.territory) if project.territory is not None else "",
        "themes": list(project.themes.values_list("pk", flat=True)),
        "owner": project.owner_id,
        "stage": project.stage,
    }
    wants = request.method == "POST" and request.POST.get("action") in {"save", "publish"}
    return SheetForm(
        request.POST if wants else None,
        request.FILES if wants else None,
        project=project,
        owners=owners_for(request.user, project),
        keep_owner=project.owner_id is not None and not moderation.moderates(request.user),
        initial=initial,
    )


def save(form: SheetForm, *, by: Person) -> None:
    """Write a valid sheet."""
    data = form.cleaned_data
    proposals.write_sheet(
        form.project,
        by=by,
        texts=form.texts,
        territory=data["territory"],
        owner=data.get("owner", form.project.owner),
        themes=data["themes"],
        stage=data["stage"],
        photo=form.photo_token,
    )


def editable(request: HttpRequest, slug: str) -> Project:
    """A published project of ours that the reader may edit; 404 for what is not public, 403 for strangers."""
    rows = Project.objects.select_related("territory__parent", "owner", "cover")
    project = get_object_or_404(
        rows, slug=slug, status__in=[Project.Status.PUBLISHED, Project.Status.WITHDRAWN]
    )
    allowed = proposals.may_edit(request.user, project)
    if project.status == Project.Status.WITHDRAWN and not allowed:
        raise Http404
    require(allowed)
    return project


@login_required
@never_cache
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole sheet on one page."""
    project = editable(request, slug)
    form = form_of(request, project)
    if request.method == "POST" and form.is_bound and form.is_valid():
        save(form, by=request.user)
        messages.success(request, _("The project's sheet is up to date."))
        return redirect(project.url_for(request.user) if project.is_public else "account")
    context = {
        "project": project,
        "form": form,
        "needs": project.needs.all(),
        "may_withdraw": manages(request.user, project),
        "may_put_back": is_animator(request.user),
    }
    return render(request, "core/sheet/edit.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
def needs(request: HttpRequest, slug: str) -> HttpResponse:
    """What the project lacks: add one, remove one."""
    project = editable(request, slug)
    form = NeedForm(posted(request))
    status = 200
    if request.method == "POST":
        removed = request.POST.get("remove", "")
        if removed.isdecimal() and len(removed) < 19:
            proposals.remove_need(get_object_or_404(Need, pk=int(removed), project=project), by=request.user)
            messages.success(request, _("The need is removed."))
            return redirect("project_needs", slug)
        if form.is_valid():
            proposals.write_need(project, by=request.user, **form.fields_of_need())
            messages.success(request, _("The need is added."))
            return redirect("project_needs", slug)
        status = 400
    context = {"project": project, "form": form, "needs": project.needs.all()}
    return render(request, "core/sheet/needs.html", context, status=status)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a published project back; who answers for it or animates may do so."""
    project = editable(request, slug)
    require(manages(request.user, project))
    if not project.is_public:
        raise Http404
    projects.withdraw(project, by=request.user)
    messages.success(request, _("The project is withdrawn: nobody reads it any more, its history is kept."))
    return redirect("account")


@login_required
@require_POST
def put_back(request: HttpRequest, slug: str) -> HttpResponse:
    """An animator shows a withdrawn project again."""
    project = editable(request, slug)
    require(is_animator(request.user))
    if project.is_public:
        raise Http404
    projects.put_back(project, by=request.user)
    messages.success(request, _("The project can be read again."))
    return redirect(project)
