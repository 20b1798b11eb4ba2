"""Matching funds: read by everyone, set up and offered by sponsors, answered by campaigns, paid to collectors."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.domain.permissions import require
from core.models import Organisation
from plugins.crowdfunding.domain import campaigns, collectors, keyset, payments, pledges, sponsors
from plugins.crowdfunding.domain.lifecycles import NotPossible
from plugins.crowdfunding.forms.matching import FundForm, OfferForm, SettlementForm
from plugins.crowdfunding.gateways.base import GatewayError
from plugins.crowdfunding.models import Campaign, MatchedCampaign, MatchingFund
from plugins.crowdfunding.views.campaigns import found


def _fund(uid: str) -> MatchingFund:
    rows = MatchingFund.objects.select_related("sponsor", "source__tally", "source__project")
    return get_object_or_404(rows, uid=uid)


def _sponsored(request: HttpRequest, uid: str) -> MatchingFund:
    """The fund, when the person may promise its sponsor's money; else 403."""
    row = _fund(uid)
    require(sponsors.may_sponsor(request.user, row.sponsor))
    return row


@require_safe
def fund(request: HttpRequest, uid: str) -> HttpResponse:
    """The rule of a fund in words, what is left, and what it added where."""
    row = _fund(uid)
    may = request.user.is_authenticated and sponsors.may_sponsor(request.user, row.sponsor)
    places = MatchedCampaign.objects.filter(fund=row).select_related(
        "fund", "campaign__project", "campaign__collector"
    )
    if not may:
        public = Campaign.objects.public().values("pk")
        places = places.filter(campaign__in=public).exclude(state=MatchedCampaign.State.ASKED)
        places = places.exclude(state=MatchedCampaign.State.DECLINED, matched_minor=0)
    page = keyset.page(places, request.GET.get("after"))
    context = {"fund": row, "page": page, "may_sponsor": may}
    return render(request, "crowdfunding/matching_fund.html", context)


@never_cache
@login_required
def funds(request: HttpRequest, slug: str) -> HttpResponse:
    """The funds of an organisation, for who may promise its money."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(sponsors.may_sponsor(request.user, organisation))
    page = keyset.page(sponsors.funds_of(organisation), request.GET.get("after"))
    context = {"organisation": organisation, "page": page}
    return render(request, "crowdfunding/matching_funds.html", context)


@never_cache
@login_required
def set_up(request: HttpRequest, slug: str) -> HttpResponse:
    """A new fund of an organisation."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(sponsors.may_sponsor(request.user, organisation))
    return _set_up(request, organisation, None)


@never_cache
@login_required
def pot(request: HttpRequest, slug: str) -> HttpResponse:
    """The rule of a pot that givers fill: a campaign of kind matching."""
    campaign = found(request, slug)
    require(campaigns.may_open(request.user, campaign))
    known = campaign.pots.order_by("pk").first()
    if known is not None:
        return redirect(known)
    if campaign.kind != Campaign.Kind.MATCHING:
        return redirect(campaign)
    return _set_up(request, campaign.collector, campaign)


def _set_up(request: HttpRequest, organisation: Organisation, source: Campaign | None) -> HttpResponse:
    posted = request.method == "POST"
    form = FundForm(request.POST if posted else None, source=source)
    if posted and form.is_valid():
        made = sponsors.set_up(
            organisation,
            form.terms,
            by=request.user,
            form_key=form.cleaned_data["form_key"],
            source=source,
        )
        messages.success(request, _("The fund is set up. Offer it to campaigns now."))
        return redirect(made)
    context = {"organisation": organisation, "source": source, "form": form}
    return render(request, "crowdfunding/matching_form.html", context, status=422 if posted else 200)


@never_cache
@login_required
def offer(request: HttpRequest, uid: str) -> HttpResponse:
    """Offer the fund to a campaign; its collector accepts or declines."""
    row = _sponsored(request, uid)
    posted = request.method == "POST"
    form = OfferForm(row, request.POST if posted else None)
    if posted and form.is_valid():
        try:
            sponsors.offer(row, form.cleaned_data["campaign"], by=request.user)
        except (sponsors.Unfit, NotPossible):
            form.add_error(None, _("This fund cannot add to that campaign any more."))
        else:
            messages.success(request, _("Offered. The campaign shows it once its collector has accepted."))
            return redirect(row)
    context = {"fund": row, "form": form, "any": form.fields["campaign"].queryset.exists()}
    return render(request, "crowdfunding/matching_offer.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
def stop(request: HttpRequest, uid: str) -> HttpResponse:
    """Add to no more gifts, after confirming."""
    row = _sponsored(request, uid)
    if request.method == "POST":
        try:
            sponsors.stop(row, by=request.user)
        except NotPossible:
            messages.info(request, _("This fund was stopped before."))
        else:
            messages.success(
                request, _("No gift promised from now on is added to. What was added stays due.")
            )
        return redirect(row)
    return render(request, "crowdfunding/matching_stop.html", {"fund": row})


@never_cache
@login_required
def answer(request: HttpRequest, slug: str, uid: str) -> HttpResponse:
    """Accept or decline what a sponsor offers to a campaign."""
    campaign = found(request, slug)
    require(campaigns.may_open(request.user, campaign))
    rows = MatchedCampaign.objects.select_related("fund__sponsor", "fund__source__tally")
    place = get_object_or_404(rows, campaign=campaign, fund__uid=uid)
    if request.method == "POST" and request.POST.get("answer") in {"accept", "decline"}:
        try:
            sponsors.answer(place, by=request.user, accept=request.POST["answer"] == "accept")
        except NotPossible:
            messages.info(request, _("This was done before."))
        else:
            messages.success(request, _("Done."))
        return redirect(campaign)
    context = {"campaign": campaign, "place": place, "fund": place.fund}
    return render(request, "crowdfunding/matching_answer.html", context)


@never_cache
@login_required
def treasury(request: HttpRequest, slug: str) -> HttpResponse:
    """What sponsors owe a collector for the gifts they added to."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    rows = MatchedCampaign.objects.filter(campaign__collector=organisation, matched_minor__gt=0)
    rows = rows.select_related("fund__sponsor", "fund__source", "campaign")
    settled = request.GET.get("settled") == "1"
    due = {"matched_minor__gt": F("settled_minor")}
    rows = rows.exclude(**due) if settled else rows.filter(**due)
    page = keyset.page(rows, request.GET.get("after"))
    context = {"organisation": organisation, "page": page, "settled": settled}
    return render(request, "crowdfunding/treasury_matches.html", context)


@never_cache
@login_required
def settle(request: HttpRequest, slug: str, place: int) -> HttpResponse:
    """Enter what a sponsor paid: a gift of the sponsor that settles the oldest matches."""
    organisation = get_object_or_404(Organisation, slug=slug)
    require(collectors.may_keep(request.user, organisation))
    rows = MatchedCampaign.objects.select_related("fund__sponsor", "campaign__project", "campaign__collector")
    row = get_object_or_404(rows, pk=place, campaign__collector=organisation)
    if row.due.amount <= 0 and request.method != "POST":
        messages.info(request, _("This sponsor owes nothing for this campaign."))
        return redirect("crowdfunding:treasury_matches", slug)
    posted = request.method == "POST"
    form = SettlementForm(row, request.POST if posted else None)
    if posted and form.is_valid() and _settled(request, row, form):
        return redirect("crowdfunding:treasury_matches", slug)
    context = {"organisation": organisation, "place": row, "form": form}
    return render(request, "crowdfunding/treasury_settle.html", context, status=422 if posted else 200)


def _settled(request: HttpRequest, row: MatchedCampaign, form: SettlementForm) -> bool:
    names = ("amount", "received_on", "channel", "reference")
    receipt = payments.Receipt(**{name: form.cleaned_data[name] for name in names})
    try:
        sponsors.settle(row, receipt, by=request.user, form_key=form.cleaned_data["form_key"])
    except pledges.AlreadyUsed:
        form.renew_key()
        form.add_error(
            None, _("This form already entered another gift. Send it again to enter this one as well.")
        )
    except payments.NotAuthorised:
        form.add_error(
            None,
            _("The organisation may not collect on that day: its authorisation is missing or out of date."),
        )
    except (GatewayError, NotPossible, collectors.NotSetUp):
        form.add_error(None, _("This cannot have come: check the amount, the day and the way it came."))
    else:
        messages.success(request, _("Received. The oldest matches it covers are settled."))
        return True
    return False
