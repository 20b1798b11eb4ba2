"""Applying: one page with two fields, one page that says what happens next."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django_ratelimit.core import is_ratelimited

from core.models import Person
from core.views.limits import address
from plugins.volunteering.domain import applications, missions
from plugins.volunteering.forms.applications import ApplyForm
from plugins.volunteering.models import Mission
from plugins.volunteering.views.missions import get_mission


@never_cache
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer to do a mission; a guest types an address and a message, somebody signed in the message only."""
    mission = get_mission(slug)
    if not mission.is_public:
        raise Http404
    if not mission.is_open:
        return not_open(request, mission)
    person = request.user if isinstance(request.user, Person) else None
    form = ApplyForm(request.POST or None, person=person)
    status = 200
    if request.method == "POST":
        if too_many(request):
            form.add_error(
                None, gettext("Too many offers from here in a short time. Please try again in an hour.")
            )
            status = 429
        elif form.is_valid():
            return send(request, mission, form, person)
        else:
            status = 422
    return render(request, "volunteering/apply.html", {"mission": mission, "form": form}, status=status)


def send(request: HttpRequest, mission: Mission, form: ApplyForm, person: Person | None) -> HttpResponse:
    """Write the application. A second one by the same address says the same and mails the link again.

    So nobody learns from here who applied.
    """
    applicant = person or Person.objects.for_email(form.cleaned_data["email"])
    if not applicant.is_active:
        return redirect("volunteering:applied", slug=mission.slug)
    try:
        sent = applications.apply(mission=mission, applicant=applicant, message=form.cleaned_data["message"])
    except applications.NotOpen:
        return not_open(request, mission)
    except applications.AlreadyApplied as known:
        if person is not None:
            return redirect("volunteering:application", uid=known.application.uid)
        applications.send_private_link(known.application, again=True)
        return redirect("volunteering:applied", slug=mission.slug)
    if person is not None:
        applications.confirm(sent)
        return redirect("volunteering:application", uid=sent.uid)
    return redirect("volunteering:applied", slug=mission.slug)


def not_open(request: HttpRequest, mission: Mission) -> HttpResponse:
    """409: too late, and what else there is."""
    context = {"mission": mission, "similar": missions.similar(mission)}
    return render(request, "volunteering/not_open.html", context, status=409)


def applied(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next; the same words for everyone."""
    mission = get_mission(slug)
    if not mission.is_public:
        raise Http404
    return render(request, "volunteering/applied.html", {"mission": mission, "demo": settings.INSTANCE.demo})


def too_many(request: HttpRequest) -> bool:
    """Twenty an hour from one place, five a day for one address: enough for a festival's tent, too few for a flood."""
    group = "volunteering.apply"
    by_place = is_ratelimited(request, group=group, key=address, rate="20/h", increment=True)
    mailed = bool(request.POST.get("email")) and is_ratelimited(
        request, group=f"{group}.to", key="post:email", rate="5/d", increment=True
    )
    return bool(by_place or mailed)
