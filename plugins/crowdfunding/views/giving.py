"""Giving as a guest: one form, then the provider's page or the pledge's private page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from core.models import Person
from plugins.crowdfunding.domain import changes, letters, pledges, rewards, rules
from plugins.crowdfunding.forms.giving import PledgeForm
from plugins.crowdfunding.models import Campaign, Pledge
from plugins.crowdfunding.views import paying
from plugins.crowdfunding.views.limits import too_many


@never_cache
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of a gift; sent, it leads to the provider's page or, for a transfer, to the private page."""
    rows = Campaign.objects.public().shown()
    campaign = get_object_or_404(rows, slug=slug)
    posted = request.method == "POST"
    if not campaign.takes_pledges():
        status = 409 if posted else 200
        return render(request, "crowdfunding/not_taking.html", {"campaign": campaign}, status=status)
    if campaign.kind == Campaign.Kind.RECURRING and "once" not in request.GET:
        return redirect("crowdfunding:support_give", slug)
    person = request.user if isinstance(request.user, Person) else None
    initial = {"email": person.email, "name": person.name} if person else {}
    ways = changes.ways(campaign)
    wish = request.GET.get("reward", "")
    form = PledgeForm(campaign, request.POST if posted else None, ways=ways, reward=wish, initial=initial)
    if posted and form.is_valid() and (made := _promise(request, campaign, form, person)) is not None:
        return _onwards(request, made, form.way)
    account = letters.account_of(Pledge(collector_id=campaign.collector_id))
    context = {
        "form": form,
        "campaign": campaign,
        "authorised": account is not None,
        "ways": ways,
        "rules": rules.sentences(campaign),
    }
    return render(request, "crowdfunding/give.html", context, status=422 if posted else 200)


def _promise(
    request: HttpRequest, campaign: Campaign, form: PledgeForm, person: Person | None
) -> Pledge | None:
    """The pledge of a valid form, or None with the reason on the form."""
    data = form.cleaned_data
    if too_many(request, "pledge", email=data["email"]):
        form.add_error(None, _("Too many promises came from here in the last hour. Please try again later."))
        return None
    donor = pledges.Donor(
        email=data["email"],
        name=data["name"],
        anonymous=data["anonymous"],
        message=data["message"].strip(),
        language=get_language() or "fr",
        person=person,
        if_fails=data.get("if_fails") or Pledge.IfFails.RETURN,
    )
    try:
        return pledges.pledge(
            campaign,
            donor,
            data["amount"],
            form_key=data["form_key"],
            channel=form.way,
            reward=form.chosen,
        )
    except pledges.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("You already made another promise with this form. Send it again to make a second one.")
        )
    except (rewards.SoldOut, rewards.OnePerDonor, rewards.NotOffered) as error:
        form.refuse_reward(error)
    except pledges.NotTaking:
        form.add_error(None, _("This campaign has just ended: it takes no more promises."))
    return None


def _onwards(request: HttpRequest, made: Pledge, way: str) -> HttpResponse:
    """To the provider's page, or to the private page; a form sent again may have another way."""
    if way not in Pledge.OFFLINE and made.state in paying.BEGINS:
        return paying.lead(request, made, way)
    if made.state == Pledge.State.STARTED:
        return paying.by_transfer(request, made)
    return redirect(made)
