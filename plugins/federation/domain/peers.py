"""Links between instances: asking, admitting, refusing, ending, blocking. Every change goes through the table."""

from __future__ import annotations

import logging
from typing import Any

from activitypub.core.models import FollowRequest
from django.db import transaction
from django.utils import timezone

from core.domain import wakes
from core.journal import record
from core.models import Person
from core.models.identity import new_uid
from plugins.federation import verbs
from plugins.federation.domain import actors, documents, hosts, remote
from plugins.federation.domain.deliveries import deliver
from plugins.federation.domain.fetching import FetchError
from plugins.federation.domain.lifecycle import (
    ASK_AGAIN_AFTER,
    ASKED_AT_MOST,
    TOOLKIT_STATUS,
    TRANSITIONS,
    Direction,
    State,
    WrongState,
    may,
)
from plugins.federation.models import Backfill, PeerLink, RemoteActor

logger = logging.getLogger(__name__)


def _move(link: PeerLink, event: str, *, by: Person | None = None, reason: str = "") -> PeerLink:
    """Take a link through the table and write it down on both sides of the row; raises WrongState."""
    link = PeerLink.objects.select_for_update(of=("self",)).with_actor().get(pk=link.pk)
    if not may(link, event):
        raise WrongState(f"{event} in {link.direction} {link.state}")
    link.state = TRANSITIONS[link.direction, link.state][event]
    link.decided_by, link.decided_at, link.reason = by, timezone.now(), reason[:300]
    link.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    # No save(): the toolkit's row has handlers of its own, which answer and send by themselves.
    FollowRequest.objects.filter(pk=link.request_id).update(status=TOOLKIT_STATUS[State(link.state)])
    return link


def _request(*, follower: str, followed: str, activity: str) -> FollowRequest:
    """The toolkit's row for a follow activity, made without its signals."""
    refs = {
        name: remote.reference_of(uri)
        for name, uri in (("follower", follower), ("followed", followed), ("activity", activity))
    }
    return (
        FollowRequest.objects.filter(**refs).first()
        or FollowRequest.objects.bulk_create([FollowRequest(**refs)])[0]
    )


def _facts(actor: RemoteActor) -> dict[str, Any]:
    return {
        "inbox": remote.inbox_of(actor),
        "host": remote.host(actor.uri),
        "name": actor.title[:160],
        "is_instance": actor.kind != "Person",
    }


@transaction.atomic
def ask(actor: RemoteActor, *, by: Person | None) -> PeerLink:
    """Ask another instance to follow it, as our instance; raises WrongState when that is asked or settled already."""
    us = actors.instance_uri()
    activity = actors.activity_uri(new_uid())
    request = _request(follower=us, followed=actor.uri, activity=activity)
    link = PeerLink.objects.outgoing().filter(actor=actor, local_uri=us).first()
    if link is None:
        link = PeerLink.objects.create(
            direction=Direction.OUT, actor=actor, local_uri=us, request=request, asked_by=by, **_facts(actor)
        )
    else:
        link = _move(link, "ask", by=by)
        link.request, link.asked_by, link.asked_at, link.asked_times = request, by, timezone.now(), 1
        link.save(update_fields=["request", "asked_by", "asked_at", "asked_times"])
    record(by, verbs.ASKED, link)
    _send_follow(link)
    return link


def follow_of(link: PeerLink) -> dict[str, Any]:
    """Our Follow activity as it was sent."""
    theirs = link.actor.uri
    return documents.of_activity(
        "Follow",
        link.request.activity.uri,
        actor_uri=link.local_uri,
        target=theirs,
        at=link.asked_at,
        to=[theirs],
    )


def _send_follow(link: PeerLink) -> None:
    deliver(follow_of(link), sender_uri=link.local_uri, inboxes=[link.inbox])


def _answer(link: PeerLink, kind: str) -> None:
    """Send Accept or Reject of the follow activity that was received."""
    theirs = link.actor.uri
    follow = {"id": link.request.activity.uri, "type": "Follow", "actor": theirs, "object": link.local_uri}
    activity = documents.of_activity(
        kind,
        actors.activity_uri(new_uid()),
        actor_uri=link.local_uri,
        target=follow,
        at=timezone.now(),
        to=[theirs],
    )
    deliver(activity, sender_uri=link.local_uri, inboxes=[link.inbox])


@transaction.atomic
def asked(actor: RemoteActor, *, followed: str, activity: str) -> PeerLink:
    """Someone asks to follow one of our actors: instances wait for an animator, readers of the social web do not.

    Asking twice changes nothing; a refused instance may ask again after a week, a blocked one not at all.
    """
    request = _request(follower=actor.uri, followed=followed, activity=activity)
    link = PeerLink.objects.incoming().select_for_update().filter(actor=actor, local_uri=followed).first()
    if link is None:
        link = PeerLink.objects.create(
            direction=Direction.IN, actor=actor, local_uri=followed, request=request, **_facts(actor)
        )
    elif link.state == State.BLOCKED:
        return link
    else:
        link.request, link.asked_times = request, min(link.asked_times + 1, 30_000)
        link.save(update_fields=["request", "asked_times"])
        _ask_anew(link)
    link.refresh_from_db()
    if link.state == State.ASKED and not link.is_instance:
        link = _move(link, "admit")
    elif link.state == State.ASKED:
        record(None, verbs.ASKED_US, link)
    if link.state == State.ACCEPTED:
        _answer(link, "Accept")
    elif link.state == State.REFUSED:
        _answer(link, "Reject")
    return link


def _ask_anew(link: PeerLink) -> None:
    """Back to waiting after an end, or a week after a refusal."""
    rested = link.decided_at is None or link.decided_at < timezone.now() - ASK_AGAIN_AFTER
    if may(link, "asked") and (link.state == State.ENDED or rested):
        _move(link, "asked")
        PeerLink.objects.filter(pk=link.pk).update(asked_at=timezone.now())


@transaction.atomic
def admit(link: PeerLink, *, by: Person) -> PeerLink:
    """Let an instance follow us: it is told, and gets what is published from now on; what stands it reads itself."""
    link = _move(link, "admit", by=by)
    record(by, verbs.ADMITTED, link)
    _answer(link, "Accept")
    return link


@transaction.atomic
def refuse(link: PeerLink, *, by: Person, reason: str) -> PeerLink:
    """Refuse a request, or end one that was admitted; the other instance is told, the reason stays here."""
    link = _move(link, "refuse", by=by, reason=reason)
    record(by, verbs.REFUSED, link, reason=reason)
    _answer(link, "Reject")
    return link


@transaction.atomic
def end(link: PeerLink, *, by: Person) -> PeerLink:
    """Stop following, or take a request back; the other instance is told, what was received stays."""
    link = _move(link, "end", by=by)
    record(by, verbs.ENDED, link)
    theirs = link.actor.uri
    follow = {"id": link.request.activity.uri, "type": "Follow", "actor": link.local_uri, "object": theirs}
    undo = documents.of_activity(
        "Undo",
        actors.activity_uri(new_uid()),
        actor_uri=link.local_uri,
        target=follow,
        at=timezone.now(),
        to=[theirs],
    )
    deliver(undo, sender_uri=link.local_uri, inboxes=[link.inbox])
    return link


@transaction.atomic
def block(link: PeerLink, *, by: Person, reason: str) -> None:
    """Hear nothing more from a host and send it nothing; all links with it end."""
    record(by, verbs.BLOCKED, link, reason=reason)
    for each in PeerLink.objects.filter(host=link.host).exclude(state=State.BLOCKED):
        _move(each, "block", by=by, reason=reason)
    hosts.block(link.host, reason=reason[:300])


@transaction.atomic
def unblock(link: PeerLink, *, by: Person) -> None:
    """Let a host speak again; links do not come back by themselves."""
    for each in PeerLink.objects.filter(host=link.host, state=State.BLOCKED):
        _move(each, "unblock", by=by)
    hosts.unblock(link.host)
    link.refresh_from_db()
    record(by, verbs.UNBLOCKED, link)


def answered(actor_uri: str, follow_id: str, *, accepted: bool) -> bool:
    """The followed instance answers our request; whoever else does changes nothing. Gives whether it counted."""
    link = (
        PeerLink.objects.outgoing()
        .filter(actor__reference__uri=actor_uri, request__activity__uri=follow_id)
        .select_related("request__activity")
        .first()
    )
    event = "accepted" if accepted else "refused"
    if link is None or not may(link, event):
        return False
    link = _move(link, event)
    record(None, verbs.ACCEPTED_US if accepted else verbs.REFUSED_US, link)
    if accepted:
        Backfill.objects.create(link=link)
        wake_backfill()
    return True


def left(actor_uri: str, follow_id: str) -> bool:
    """A follower takes its follow back; only its own. Gives whether it counted."""
    link = (
        PeerLink.objects.incoming()
        .filter(actor__reference__uri=actor_uri, request__activity__uri=follow_id)
        .first()
    )
    if link is None or not may(link, "left"):
        return False
    link = _move(link, "left")
    if link.is_instance:
        record(None, verbs.LEFT, link)
    return True


def wake_backfill() -> None:
    """Tell a worker, once the transaction stands, that an outbox is to be read."""
    from plugins.federation.chores import read_outboxes

    wakes.wake(read_outboxes)


def ask_again() -> int:
    """Send unanswered requests once more when their time has come; gives how many."""
    due = PeerLink.objects.outgoing().filter(
        state=State.ASKED, asked_times__lt=ASKED_AT_MOST, asked_at__lt=timezone.now() - ASK_AGAIN_AFTER
    )
    links = list(due.with_actor().select_related("request__activity", "actor__reference")[:100])
    for link in links:
        with transaction.atomic():
            link.asked_at, link.asked_times = timezone.now(), link.asked_times + 1
            link.save(update_fields=["asked_at", "asked_times"])
            _send_follow(link)
    return len(links)


def follows_host(host: str) -> bool:
    """Whether we follow someone of this host and were admitted."""
    return PeerLink.objects.outgoing().accepted().filter(host=host).exists()


def refresh() -> int:
    """Read the actors of living links anew; gives how many answered. Asks other hosts, outside any transaction."""
    links = PeerLink.objects.accepted().filter(is_instance=True).with_actor()
    answered_now = 0
    for uri in dict.fromkeys(link.actor.uri for link in links[:500]):
        try:
            remote.actor(uri, fresh=True)
            answered_now += 1
        except (FetchError, remote.NotReadable) as error:
            logger.info("peers: %s could not be read: %s", uri, error)
    return answered_now
