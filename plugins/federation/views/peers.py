"""Linked instances: the public list, and what animators decide about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from core.domain.permissions import is_animator, require
from core.models import Person
from plugins.federation.domain import lookups, peers, remote
from plugins.federation.forms.peers import AskForm, ConfirmForm, NoReasonForm, ReasonForm
from plugins.federation.models import PeerLink

PAGE = 30


@dataclass(frozen=True)
class Decision:
    """Something an animator does to a link: the event of the table, its words, and what does it."""

    event: str
    title: Any
    button: Any
    done: Any
    explanation: Any
    act: Callable[..., Any]
    reason: bool = False
    danger: bool = False


DECISIONS = {
    "admit": Decision(
        "admit",
        _("Admit this instance?"),
        _("Admit it"),
        _("Admitted. It now receives what is published here."),
        _(
            "It will receive the public projects, campaigns, missions and messages of this instance, and their changes."
        ),
        peers.admit,
    ),
    "refuse": Decision(
        "refuse",
        _("Refuse this instance?"),
        _("Refuse it"),
        _("Refused. The other instance has been told."),
        _("It receives nothing more from here. It may ask again after a week."),
        peers.refuse,
        reason=True,
        danger=True,
    ),
    "end": Decision(
        "end",
        _("Stop following this instance?"),
        _("Stop following"),
        _("Ended. The other instance has been told."),
        _("Nothing new comes in from it. What was received stays as it is."),
        peers.end,
        danger=True,
    ),
    "block": Decision(
        "block",
        _("Block this instance?"),
        _("Block it"),
        _("Blocked. Nothing comes in from it and nothing goes there."),
        _("All links with it end, whatever it sends is refused, and it is not told."),
        peers.block,
        reason=True,
        danger=True,
    ),
    "unblock": Decision(
        "unblock",
        _("Unblock this instance?"),
        _("Unblock it"),
        _("Unblocked. It may ask again."),
        _("It may speak to this instance again. Links do not come back by themselves."),
        peers.unblock,
    ),
}


def peer_list(request: HttpRequest) -> HttpResponse:
    """The instances this one is linked with; animators also see what waits and what ended."""
    links = PeerLink.objects.filter(is_instance=True).with_actor().order_by("-pk")
    animator = is_animator(request.user)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        links = links.filter(pk__lt=int(before))
    settled = links if animator else links.accepted()
    shown = list(settled.exclude(state=PeerLink.State.ASKED)[: PAGE + 1])
    waiting = list(links.filter(state=PeerLink.State.ASKED)[:100]) if animator and not before else []
    context = {
        "links": shown[:PAGE],
        "waiting": waiting,
        "animator": animator,
        "next": shown[PAGE - 1].pk if len(shown) > PAGE else None,
    }
    return render(request, "federation/peers.html", context)


def peer(request: HttpRequest, uid: str) -> HttpResponse:
    """One link: anyone may read a public one, animators decide."""
    link = get_object_or_404(PeerLink.objects.with_actor().select_related("decided_by", "asked_by"), uid=uid)
    animator = is_animator(request.user)
    if not (animator or link.is_public):
        raise Http404
    choices = [(name, decision) for name, decision in DECISIONS.items() if peers.may(link, decision.event)]
    context = {
        "link": link,
        "animator": animator,
        "choices": choices if animator else [],
    }
    return render(request, "federation/peer.html", context)


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to follow an instance: an address, then what stands there, then the request."""
    require(is_animator(request.user))
    if request.method != "POST":
        return render(
            request,
            "federation/ask.html",
            {"form": AskForm(initial={"address": request.GET.get("address", "")})},
        )
    if "actor" in request.POST:
        return _confirmed(request)
    form = AskForm(request.POST)
    found = _look(form) if form.is_valid() else None
    if found is None:
        return render(request, "federation/ask.html", {"form": form}, status=422)
    known = PeerLink.objects.outgoing().filter(actor=found.actor).first()
    confirm = ConfirmForm(initial={"actor": found.actor.uri})
    open_link = known if known is not None and not peers.may(known, "ask") else None
    context = {"found": found, "form": confirm, "open": open_link, "host": found.actor.host}
    return render(request, "federation/ask_confirm.html", context)


def _look(form: AskForm) -> lookups.Found | None:
    try:
        return lookups.what_it_shares(lookups.actor_at(form.cleaned_data["address"]))
    except lookups.NotAnAddress:
        form.refuse(_("This is not the address of another instance. It looks like https://tiznit.example."))
    except lookups.NobodyThere:
        form.refuse(
            _("No instance that can be followed answers at this address. Check it, or try again later.")
        )
    return None


def _confirmed(request: HttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    actor = remote.known(form.cleaned_data["actor"]) if form.is_valid() else None
    if actor is None:
        messages.error(request, _("Enter the address again: this instance is not known here yet."))
        return redirect("federation:ask")
    try:
        link = peers.ask(actor, by=_person(request))
    except peers.WrongState:
        messages.warning(request, _("This instance has been asked already, or is blocked."))
        return redirect("federation:peers")
    messages.success(request, _("Asked. An animator of that instance decides; you will be told."))
    return redirect(link.get_absolute_url())


@login_required
def decide(request: HttpRequest, uid: str, decision: str) -> HttpResponse:
    """A page that says what a decision does, asks the reason where one is due, and does it."""
    require(is_animator(request.user))
    link = get_object_or_404(PeerLink.objects.with_actor(), uid=uid)
    chosen = DECISIONS.get(decision)
    if chosen is None:
        raise Http404
    if not peers.may(link, chosen.event):
        messages.warning(request, _("That cannot be done any more: look at the state it is in now."))
        return redirect(link.get_absolute_url())
    form = (ReasonForm if chosen.reason else NoReasonForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _decided(request, link, chosen, form.cleaned_data.get("reason", ""))
    status = 422 if request.method == "POST" else 200
    context = {"link": link, "decision": chosen, "form": form}
    return render(request, "federation/decide.html", context, status=status)


def _decided(request: HttpRequest, link: PeerLink, chosen: Decision, reason: str) -> HttpResponse:
    try:
        chosen.act(link, by=_person(request), **({"reason": reason} if chosen.reason else {}))
        messages.success(request, chosen.done)
    except peers.WrongState:
        messages.warning(request, _("That cannot be done any more: look at the state it is in now."))
    return redirect(link.get_absolute_url())


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101  the view requires a signed-in animator
    return request.user
