"""Documents of what we share: objects, their proposals and the activities about them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.contract import SubjectRef
from core.registry import registry
from plugins.federation.domain import actors, documents, outbound, proposals
from plugins.federation.models import OutboundEvent, PeerLink, SharedObject
from plugins.federation.views.negotiation import answer, missing, redirect, wants_activity


def shared_as(ref: SubjectRef) -> SharedObject | None:
    """The row of what has been sent out."""
    return SharedObject.objects.filter(subject_type=ref.type, subject_key=ref.key).first()


@require_safe
def thing(request: HttpRequest, type: str, key: str) -> HttpResponse:
    """A public subject of ours; 410 with a tombstone once it is withdrawn, 404 for what never was public."""
    ref = SubjectRef(type, key)
    mapping = outbound.mapping_of(type)
    subject = registry.resolve([ref]).get(ref) if mapping is not None else None
    public = outbound.describe(mapping, subject) if mapping is not None and subject is not None else None
    for_server = wants_activity(request, by_default=True)
    if mapping is not None and public is not None:
        if not for_server:
            return redirect(subject.get_absolute_url())
        shared = shared_as(ref)
        actor_uri = shared.actor_uri if shared is not None else actors.uri_of(public.author)
        return answer(outbound.document(mapping, public, actor_uri))
    shared = shared_as(ref)
    if shared is None:
        return missing(request)
    return answer(outbound.tombstone(mapping, shared), status=410)


@require_safe
def proposal(request: HttpRequest, type: str, key: str) -> HttpResponse:
    """The proposal beside a campaign's or a mission's note (FEP-e232)."""
    ref = SubjectRef(type, key)
    mapping = outbound.mapping_of(type)
    subject = registry.resolve([ref]).get(ref) if mapping is not None else None
    public = outbound.describe(mapping, subject) if mapping is not None and subject is not None else None
    if mapping is None or public is None:
        return missing(request)
    if not wants_activity(request, by_default=True):
        return redirect(subject.get_absolute_url())
    shared = shared_as(ref)
    note = outbound.document(mapping, public, shared.actor_uri if shared else actors.uri_of(public.author))
    found = proposals.of_proposal(note, public)
    return answer(found) if found is not None else missing(request)


@require_safe
def activity(request: HttpRequest, uid: str) -> HttpResponse:
    """An activity of ours, as it reads now; our requests to follow are shown to whom they were sent, like all."""
    if uid.endswith("-boost"):
        shared = SharedObject.objects.filter(create_uid=uid.removesuffix("-boost"), withdrawn_at=None).first()
        if shared is None:
            return missing(request)
        return answer(outbound.boost(shared, actors.object_uri(shared.ref), shared.shared_at))
    link = PeerLink.objects.outgoing().filter(request__activity__uri=actors.activity_uri(uid))
    asked = link.select_related("actor__reference", "request__activity").first()
    if asked is not None:
        from plugins.federation.domain.peers import follow_of

        return answer(follow_of(asked))
    event = OutboundEvent.objects.filter(uid=uid, state=OutboundEvent.State.DONE).first()
    found = outbound.activity_of(event) if event is not None else None
    return answer(found) if found is not None else missing(request)


@require_safe
def vocabulary(request: HttpRequest) -> HttpResponse:
    """``/ns``: our own terms as a JSON-LD context; each document carries those it uses itself."""
    return answer({"@context": documents.TERMS}, content_type="application/ld+json")
