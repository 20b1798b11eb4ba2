"""Steps with their tranches: read by everyone, planned and claimed by the team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain.permissions import require
from plugins.crowdfunding.domain import milestones, witnesses
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.milestones import ClaimForm, MilestoneForm, WitnessForm
from plugins.crowdfunding.models import Campaign, Milestone, Witness
from plugins.crowdfunding.views.campaigns import found

PHOTO = "max-960x960|format-webp|webpquality-62"


def _planned(request: HttpRequest, slug: str) -> Campaign:
    """The campaign, when the person plans its steps; else 403 or 404."""
    campaign = found(request, slug)
    require(milestones.may_plan(request.user, campaign))
    return campaign


def _step(campaign: Campaign, uid: str) -> Milestone:
    row = get_object_or_404(Milestone, campaign=campaign, uid=uid)
    row.campaign = campaign
    return row


@require_safe
def milestone(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """One step: what it releases, who looks, what they said with their photos."""
    campaign = found(request, slug)
    row = _step(campaign, uid)
    said = list(
        row.testimonies.select_related("witness", "photo")
        .prefetch_related("photo__renditions")
        .order_by("-pk")
    )
    for testimony in said:
        testimony.shown = _rendition(testimony.photo)
    signed_in = request.user.is_authenticated
    context = {
        "campaign": campaign,
        "milestone": row,
        "tranche": milestones.tranche(row, campaign.received),
        "said": said,
        "there": sum(1 for one in said if one.claim == row.claim and one.verdict == "confirms"),
        "silent": _silent(row, said),
        "may_plan": signed_in and milestones.may_plan(request.user, campaign),
        "witness": _own(request, campaign) if signed_in else None,
    }
    return render(request, "crowdfunding/milestone.html", context)


def _rendition(image: Any) -> Any:
    """The photo as pages show it, or None without photo or file."""
    if image is None:
        return None
    try:
        return image.get_rendition(PHOTO)
    except OSError:
        return None


def _silent(row: Milestone, said: list[Any]) -> list[Witness]:
    """Witnesses whose word on the present claim is awaited."""
    if row.state != Milestone.State.CLAIMED:
        return []
    spoken = {one.witness_id for one in said if one.claim == row.claim}
    there = Witness.objects.filter(campaign=row.campaign, state=Witness.State.ACCEPTED)
    return [witness for witness in there if witness.pk not in spoken]


def _own(request: HttpRequest, campaign: Campaign) -> Witness | None:
    """The reader's own row among the witnesses."""
    return witnesses.of_campaign(campaign).filter(person=request.user).first()


@never_cache
@login_required
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The team's page: steps and witnesses, with what can be done with each."""
    campaign = _planned(request, slug)
    rows = milestones.of_campaign(campaign)
    context = {
        "campaign": campaign,
        "rows": [(row, milestones.tranche(row, campaign.received)) for row in rows],
        "witnesses": list(witnesses.of_campaign(campaign)),
        "changeable": milestones.changeable(campaign),
        "may_remove": milestones.changeable(campaign) or request.user.is_animator,
    }
    return render(request, "crowdfunding/milestones_plan.html", context)


@never_cache
@login_required
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """A new step at the end."""
    return _edited(request, _planned(request, slug), None)


@never_cache
@login_required
def edit(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Change a step while nobody has given."""
    campaign = _planned(request, slug)
    return _edited(request, campaign, _step(campaign, uid))


def _edited(request: HttpRequest, campaign: Campaign, row: Milestone | None) -> HttpResponse:
    if not milestones.changeable(campaign):
        messages.error(request, _("Donors have given under these steps: they cannot change any more."))
        return redirect("crowdfunding:milestones_plan", campaign.slug)
    form = MilestoneForm(campaign, request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid() and _saved(request, campaign, form, row):
        messages.success(request, _("The step is saved."))
        return redirect("crowdfunding:milestones_plan", campaign.slug)
    context = {"campaign": campaign, "form": form, "milestone": row}
    return render(request, "crowdfunding/milestone_form.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, campaign: Campaign, form: MilestoneForm, row: Milestone | None) -> bool:
    data = form.cleaned_data
    try:
        milestones.plan(
            campaign,
            by=request.user,
            texts=form.texts,
            due_on=data["due_on"],
            needed=data["needed"],
            amount=data["amount"],
            share=data["share"],
            row=row,
        )
    except milestones.TooMuch:
        form.add_error("amount", _("Together the steps would release more than the goal of the campaign."))
    except milestones.TooMany:
        form.add_error(None, _("A campaign has at most %(number)s steps.") % {"number": milestones.MOST})
    except milestones.Fixed:
        form.add_error(None, _("Donors have given under these steps: they cannot change any more."))
    else:
        return True
    return False


@never_cache
@login_required
def remove(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take a step out, after confirming."""
    campaign = _planned(request, slug)
    row = _step(campaign, uid)
    if request.method == "POST":
        try:
            milestones.remove(row, by=request.user)
        except milestones.Fixed:
            messages.error(request, _("Donors have given under these steps: they cannot change any more."))
        else:
            messages.success(request, _("The step is taken out."))
        return redirect("crowdfunding:milestones_plan", slug)
    return render(request, "crowdfunding/milestone_remove.html", {"campaign": campaign, "milestone": row})


@never_cache
@login_required
def claim(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Say that a step is done: the witnesses are asked to look."""
    campaign = _planned(request, slug)
    row = _step(campaign, uid)
    if "claim" not in milestones.LIFE[row.state] or not campaign.is_public:
        messages.error(request, _("This step is in a state from which that cannot be done."))
        return redirect(row)
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            milestones.claim(row, by=request.user, note=form.cleaned_data["note"])
        except NotPossible:
            messages.error(request, _("This step is in a state from which that cannot be done."))
            return redirect(row)
        except milestones.NotEnoughWitnesses as error:
            words = _(
                "%(needed)s witnesses must confirm this step and %(there)s accepted: invite others first."
            )
            form.add_error(None, words % {"needed": error.needed, "there": error.there})
        else:
            messages.success(request, _("Noted. The witnesses are asked to look."))
            return redirect(row)
    context = {"campaign": campaign, "milestone": row, "form": form}
    return render(request, "crowdfunding/milestone_claim.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite a witness by letter."""
    campaign = _planned(request, slug)
    initial = {"language": campaign.language}
    form = WitnessForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            witnesses.invite(campaign, by=request.user, **form.cleaned_data)
        except witnesses.AlreadyInvited:
            form.add_error("email", _("This address is a witness of the campaign already."))
        except witnesses.TooMany:
            form.add_error(
                None, _("A campaign has at most %(number)s witnesses.") % {"number": witnesses.MOST}
            )
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("crowdfunding:milestones_plan", slug)
    context = {"campaign": campaign, "form": form}
    return render(request, "crowdfunding/witness_form.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def dismiss(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Take a witness off, after confirming: the team before anything is given, then animators alone."""
    campaign = found(request, slug)
    witness = get_object_or_404(Witness, campaign=campaign, uid=uid)
    witness.campaign = campaign
    require(witnesses.may_remove(request.user, witness))
    if witness.state == Witness.State.LEFT:
        raise Http404
    if request.method == "POST":
        witnesses.leave(witness, by=request.user)
        messages.success(request, _("This person is no longer a witness."))
        return redirect("crowdfunding:milestones_plan", slug)
    return render(request, "crowdfunding/witness_dismiss.html", {"campaign": campaign, "witness": witness})
