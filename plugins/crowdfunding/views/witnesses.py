"""A witness's own pages, reached by the private link: accept, look, say what was seen."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from plugins.crowdfunding.domain import keyset, milestones, witnesses
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.milestones import WitnessedForm
from plugins.crowdfunding.models import Milestone, Testimony, Witness

ACTS = ("accept", "leave")


def _witness(token: str) -> Witness:
    rows = Witness.objects.select_related(
        "campaign__project", "campaign__tally", "campaign__collector", "campaign__receiver"
    )
    return get_object_or_404(rows, token=token)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Campaigns the signed-in person is a witness of."""
    page = keyset.page(witnesses.of_person(request.user), request.GET.get("after"))
    return render(request, "crowdfunding/witness_mine.html", {"page": page})


@never_cache
def witness(request: HttpRequest, token: str) -> HttpResponse:
    """What a witness does, the steps, and the two answers: accept, or no longer."""
    row = _witness(token)
    if request.method == "POST" and request.POST.get("act") in ACTS:
        try:
            if request.POST["act"] == "accept":
                witnesses.accept(row)
                messages.success(
                    request, _("Thank you. A letter tells you when there is something to look at.")
                )
            else:
                witnesses.leave(row, by=row.person)
                messages.success(request, _("Noted: you are no longer a witness."))
        except NotPossible:
            messages.error(request, _("This was done before."))
        return redirect(row)
    context = {
        "witness": row,
        "campaign": row.campaign,
        "steps": milestones.of_campaign(row.campaign),
        "asked": {step.pk for step in witnesses.to_ask(row)},
    }
    return _private(render(request, "crowdfunding/witness.html", context))


@never_cache
def testify(request: HttpRequest, token: str, uid: str) -> HttpResponse:
    """Confirm a claim with a photo, or object with a reason."""
    row = _witness(token)
    step = get_object_or_404(Milestone, campaign=row.campaign, uid=uid)
    step.campaign = row.campaign
    if row.state != Witness.State.ACCEPTED:
        messages.info(request, _("Please accept first to be a witness."))
        return redirect(row)
    spoken = Testimony.objects.filter(milestone=step, witness=row, claim=step.claim).exists()
    if step.state != Milestone.State.CLAIMED or spoken:
        messages.info(request, _("Nothing is asked of you for this step at the moment."))
        return redirect(row)
    posted = request.method == "POST"
    form = WitnessedForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        data = form.cleaned_data
        confirms = data["verdict"] == Testimony.Verdict.CONFIRMS
        token_kept = form.photo_token if data["consent"] else ""
        try:
            witnesses.speak(row, step, confirms=confirms, words=data["words"], photo=token_kept)
        except (NotPossible, witnesses.AlreadySaid):
            messages.info(request, _("Nothing is asked of you for this step at the moment."))
        except witnesses.PhotoMissing:
            form.add_error("photo", _("The photo was kept too long and is gone: choose it again."))
            posted = False
        else:
            messages.success(request, _("Thank you: everyone can see it now."))
        if posted:
            return redirect(row)
    context = {"witness": row, "campaign": row.campaign, "milestone": step, "form": form}
    status = 422 if form.errors else 200
    return _private(render(request, "crowdfunding/testify.html", context, status=status))
