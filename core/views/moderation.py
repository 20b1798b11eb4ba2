"""The queue of animators and agents, reports, and what was hidden."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.domain import moderation, projects
from core.domain.permissions import require
from core.forms.moderation import AnswerForm, ReportForm
from core.forms.proposals import SheetForm
from core.models import ModerationCase, Project
from core.registry import registry
from core.views import limits, sheets
from core.views.addresses import posted
from core.views.follows import public_subject

SIZE = 20
State = ModerationCase.State


@login_required
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """Open cases, those that wait longest first; ``?state=decided`` shows the answered, newest first."""
    require(moderation.moderates(request.user))
    decided = request.GET.get("state") == "decided"
    cases = ModerationCase.objects.select_related("reporter", "decided_by")
    after = request.GET.get("after", "")
    known = int(after) if after.isdecimal() and len(after) < 19 else None
    if decided:
        cases = cases.exclude(state=State.OPEN).order_by("-pk")
        cases = cases.filter(pk__lt=known) if known else cases
    else:
        cases = cases.filter(state=State.OPEN).order_by("pk")
        cases = cases.filter(pk__gt=known) if known else cases
    shown = list(cases[: SIZE + 1])
    subjects = registry.resolve(case.ref for case in shown[:SIZE])
    context = {
        "rows": [describe(case, subjects.get(case.ref)) for case in shown[:SIZE]],
        "next": shown[SIZE - 1].pk if len(shown) > SIZE else None,
        "decided": decided,
    }
    return render(request, "core/moderation/queue.html", context)


def describe(case: ModerationCase, subject: Any) -> dict[str, Any]:
    """A case as the queue shows it: its subject, its age in days, whether the promise is broken."""
    known = registry.subject(case.subject_type)
    return {
        "case": case,
        "subject": subject,
        "kind": known.label if known else case.subject_type,
        "days": (timezone.now() - case.opened_at).days,
        "late": case.state == State.OPEN and timezone.now() > case.opened_at + moderation.ANSWER_WITHIN,
        "can_hide": bool(known and known.hide and subject is not None),
        "can_restore": bool(known and known.restore and subject is not None and not subject.is_public),
    }


@login_required
@never_cache
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: an idea with its sheet to edit, or a report with what was reported."""
    require(moderation.moderates(request.user))
    case = get_object_or_404(ModerationCase.objects.select_related("reporter", "decided_by"), pk=pk)
    subject = moderation.subject_of(case)
    is_idea = case.kind == ModerationCase.Kind.PROPOSAL and isinstance(subject, Project)
    form = sheets.form_of(request, subject) if is_idea and subject.status == Project.Status.WAITING else None
    answer = AnswerForm(posted(request), auto_id="answer_%s")
    status = 200
    if request.method == "POST":
        response = decide(request, case, subject, form, answer)
        if response is not None:
            return response
        status = 400
    context = {**describe(case, subject), "form": form, "answer": answer, "is_idea": is_idea}
    return render(request, "core/moderation/case.html", context, status=status)


def decide(
    request: HttpRequest, case: ModerationCase, subject: Any, form: SheetForm | None, answer: AnswerForm
) -> HttpResponse | None:
    """What the pressed button asks; None when the page must be shown again with what is wrong."""
    action = request.POST.get("action", "")
    if action in {"save", "publish"}:
        if form is None or not form.is_valid():
            return None
        sheets.save(form, by=request.user)
        if action == "save":
            messages.success(request, _("The sheet is kept. The idea still waits for an answer."))
            return redirect("moderation_case", case.pk)
    if action not in {"publish", "decline", "hide", "dismiss"} or not answer.is_valid():
        return None
    try:
        moderation.decide(
            case, by=request.user, accept=action in {"publish", "hide"}, answer=answer.cleaned_data["answer"]
        )
    except moderation.AnswerMissing:
        answer.add_error("answer", _("Say why: the person who asked reads it."))
        return None
    except moderation.AlreadyDecided:
        messages.error(request, _("Somebody else answered this first. Here is what they said."))
        return redirect("moderation_case", case.pk)
    except moderation.CannotHide:
        messages.error(request, _("This cannot be taken from view: it is gone already."))
        return redirect("moderation_case", case.pk)
    messages.success(request, DONE[action]())
    return redirect("moderation")


DONE = {
    "publish": lambda: _("The idea is published, and its author is told."),
    "decline": lambda: _("Your answer is on its way to the author."),
    "hide": lambda: _("It is taken from view, and who reported it is told."),
    "dismiss": lambda: _("It stays, and who reported it is told why."),
}


@login_required
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back what a report had hidden."""
    require(moderation.moderates(request.user))
    case = get_object_or_404(ModerationCase, pk=pk)
    try:
        moderation.restore(moderation.subject_of(case), by=request.user)
    except (moderation.CannotHide, projects.WrongState):
        messages.error(request, _("This cannot be brought back."))
    else:
        messages.success(request, _("It can be read again."))
    return redirect("moderation_case", pk)


@never_cache
def report(request: HttpRequest, subject_type: str, key: str) -> HttpResponse:
    """Anyone may say what is wrong with a public subject; once per person while it waits."""
    subject = public_subject(subject_type, key)
    guest = not request.user.is_authenticated
    form = ReportForm(posted(request), guest=guest)
    status = 200
    if request.method == "POST":
        status = 400
        if request.POST.get("website"):
            form.add_error(None, _("Leave the hidden field empty."))
        elif form.is_valid() and limits.too_often(request, "report"):
            form.add_error(None, limits.sentence())
            status = 429
        elif form.is_valid():
            _case, new = moderation.report(
                subject,
                reporter=None if guest else request.user,
                reason=form.cleaned_data["reason"],
                contact=form.cleaned_data.get("contact", ""),
            )
            thanks = _("Thank you. The animators read your report and answer within 7 days.")
            messages.success(
                request, thanks if new else _("You reported this already: it waits for its answer.")
            )
            return redirect(subject.get_absolute_url())
    return render(request, "core/moderation/report.html", {"form": form, "subject": subject}, status=status)
