"""Proposing an idea on a phone, and the page where its author follows it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.domain import charter, confirmations, moderation, proposals
from core.domain.projects import WrongState
from core.domain.territories import label
from core.forms.proposals import IdeaForm
from core.models import ModerationCase, Project
from core.views import limits
from core.views.addresses import posted


@never_cache
def propose(request: HttpRequest) -> HttpResponse:
    """Title, place, one sentence, perhaps a photo; a guest's idea is confirmed by a code."""
    guest = not request.user.is_authenticated
    asks: dict[str, Any] = {
        "guest": guest,
        "ask_charter": not guest and not charter.has_accepted(request.user),
    }
    if request.method != "POST":
        return show(request, IdeaForm(**asks))
    form = IdeaForm(request.POST, request.FILES, **asks)
    if not form.is_valid() or form.is_trap_sprung:
        return show(request, form, status=400)
    if limits.too_often(request, "propose"):
        form.add_error(None, limits.sentence())
        return show(request, form, status=429)
    return keep(request, form)


def keep(request: HttpRequest, form: IdeaForm) -> HttpResponse:
    """Keep a valid idea: at once for who is signed in, until a code confirms it for a guest."""
    language = get_language() or "fr"
    idea = form.fields_of_idea(language)
    if request.user.is_authenticated:
        if "charter" in form.fields:
            charter.accept(request.user)
        return redirect("idea", proposals.propose(proposer=request.user, **idea).uid)
    try:
        confirmation = proposals.begin(email=form.cleaned_data["email"], **idea)
    except confirmations.TooManyCodes:
        form.add_error(
            "email",
            _("This address was sent several codes already. Look in the unwanted mail, or wait an hour."),
        )
        return show(request, form, status=429)
    return redirect("code", confirmation.uid)


def show(request: HttpRequest, form: IdeaForm, status: int = 200, **more: Any) -> HttpResponse:
    """The form, still filled."""
    return render(request, "core/propose/propose.html", {"form": form, **more}, status=status)


@login_required
@never_cache
def idea(request: HttpRequest, uid: str) -> HttpResponse:
    """Whose turn it is, since when, and until when an answer is promised: for the author and who answers."""
    projects = Project.objects.select_related("territory__parent", "owner", "cover", "proposer")
    project = get_object_or_404(projects, uid=uid)
    if project.is_public:
        return redirect(project)
    case = proposals.last_case(project)
    if not proposals.is_author(request.user, project):
        if case is not None and moderation.moderates(request.user):
            return redirect("moderation_case", case.pk)
        raise Http404
    waiting = case is not None and case.state == ModerationCase.State.OPEN
    context = {
        "project": project,
        "case": case,
        "waiting": waiting,
        "due": proposals.answer_due(case) if case is not None else None,
        "late": waiting and case is not None and timezone.now() > proposals.answer_due(case),
        "editable": project.status in proposals.MINE,
    }
    return render(request, "core/propose/idea.html", context)


def own_idea(request: HttpRequest, uid: str) -> Project:
    """The reader's own idea, while it can still be changed; 404 otherwise, to say nothing of others'."""
    projects = Project.objects.select_related("territory__parent", "cover")
    project = get_object_or_404(projects, uid=uid)
    if not proposals.is_author(request.user, project) or project.status not in proposals.MINE:
        raise Http404
    return project


@login_required
@never_cache
def edit_idea(request: HttpRequest, uid: str) -> HttpResponse:
    """The author changes an idea that waits, or asks again after a refusal."""
    project = own_idea(request, uid)
    text = project.texts.get(project.language, {})
    initial = {"title": text.get("title"), "summary": text.get("summary"), "place": place_of(project)}
    form = IdeaForm(
        posted(request), request.FILES if request.method == "POST" else None, guest=False, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        data = form.fields_of_idea(project.language)
        data.pop("language")
        try:
            proposals.revise(project, by=request.user, **data)
        except WrongState:
            raise Http404 from None
        messages.success(request, _("Your idea is kept as you changed it. It waits for an answer."))
        return redirect("idea", project.uid)
    return show(request, form, status=400 if request.method == "POST" else 200, project=project)


def place_of(project: Project) -> str:
    """A project's place as the form wants it typed."""
    return label(project.territory) if project.territory is not None else ""


@login_required
@require_POST
def take_back(request: HttpRequest, uid: str) -> HttpResponse:
    """The author no longer asks."""
    project = own_idea(request, uid)
    proposals.take_back(project, by=request.user)
    messages.success(request, _("Your idea is taken back. Nobody else saw it but the animators."))
    return redirect("account")
