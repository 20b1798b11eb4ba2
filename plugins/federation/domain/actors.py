"""Our own actors: the instance, organisations, and persons who posted in public; their ids and who they are.

``resolve(kind, uid)`` answers the views (None: 404), ``local(uri)`` an address, ``uri_of(owner)`` an owner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation

from core.conf import absolute, instance
from core.contract import SubjectRef
from core.models import Organisation, Person
from plugins.federation.models import SharedObject

INSTANCE, ORGANISATION, PERSON = "instance", "organisation", "person"
TYPES = {INSTANCE: "Application", ORGANISATION: "Organization", PERSON: "Person"}
_ADDRESS = re.compile(r"/ap/(?:(instance)|(organisation|person)/([0-9a-z]{26}))")
_OBJECT = re.compile(r"/ap/object/([a-z]+\.[a-z_]+)/([0-9A-Za-z._-]{1,40})")


@dataclass(frozen=True)
class LocalActor:
    """One of our actors; ``owner`` is its Organisation or Person, None for the instance."""

    kind: str
    uid: str = ""
    owner: Any = None

    @property
    def uri(self) -> str:
        return absolute(f"/ap/{self.kind}/{self.uid}" if self.uid else f"/ap/{self.kind}")

    @property
    def type(self) -> str:
        """Its ActivityStreams type."""
        return TYPES[self.kind]

    @property
    def handle(self) -> str:
        """The part before the ``@``; stable, and never an e-mail address."""
        if self.kind == INSTANCE:
            return instance().slug
        if self.kind == PERSON:
            return self.uid
        return self.owner.slug if self.owner.slug != instance().slug else f"{self.owner.slug}-{self.uid[-4:]}"

    @property
    def names(self) -> dict[str, str]:
        """What it is called, by language."""
        if self.kind == INSTANCE:
            return instance().title
        if self.kind == PERSON:
            return {self.owner.language: str(self.owner)}
        return {"fr": self.owner.name} | ({"ar": self.owner.name_ar} if self.owner.name_ar else {})

    @property
    def summaries(self) -> dict[str, str]:
        """What it says of itself, by language, as plain text."""
        if self.kind == INSTANCE:
            return instance().tagline
        return (
            {}
            if self.kind == PERSON
            else {code: text for code, text in self.owner.description.items() if text}
        )

    @property
    def page(self) -> str:
        """The path of the page people read, in the active language; the home page for a person."""
        return self.owner.get_absolute_url() if self.kind == ORGANISATION else reverse("home")

    @property
    def url(self) -> str:
        """The address of that page in the instance's first language."""
        with translation.override("fr"):
            return absolute(self.page)

    @property
    def followers(self) -> str:
        return f"{self.uri}/followers"


def instance_actor() -> LocalActor:
    """The actor of the instance itself."""
    return LocalActor(INSTANCE)


def instance_uri() -> str:
    """The id of the instance's actor."""
    return instance_actor().uri


def shared_inbox() -> str:
    """Where others may send once for all our actors."""
    return absolute("/ap/inbox")


def of(owner: Organisation | Person | None) -> LocalActor:
    """The actor that speaks for an owner; the instance for nobody."""
    if isinstance(owner, Organisation):
        return LocalActor(ORGANISATION, owner.uid, owner)
    if isinstance(owner, Person):
        return LocalActor(PERSON, owner.uid, owner)
    return instance_actor()


def uri_of(owner: Organisation | Person | None) -> str:
    """The id of the actor that speaks for an owner."""
    return of(owner).uri


def resolve(kind: str, uid: str = "") -> LocalActor | None:
    """The actor, when it may be seen: admitted organisations, and persons who have posted in public."""
    if kind == INSTANCE and not uid:
        return instance_actor()
    if kind == ORGANISATION:
        organisation = Organisation.objects.filter(uid=uid, status=Organisation.Status.ADMITTED).first()
        return of(organisation) if organisation else None
    if kind == PERSON:
        person = Person.objects.filter(uid=uid, is_active=True).first()
        return of(person) if person is not None and has_posted(uri_of(person)) else None
    return None


def has_posted(uri: str) -> bool:
    """Whether something public of this actor stands."""
    return SharedObject.objects.filter(actor_uri=uri, withdrawn_at=None).exists()


def local(uri: str) -> LocalActor | None:
    """Our actor behind an address, or None."""
    base = instance().base_url
    match = _ADDRESS.fullmatch(uri[len(base) :]) if uri.startswith(f"{base}/") else None
    return resolve(match[1] or match[2], match[3] or "") if match else None


def by_handle(handle: str) -> LocalActor | None:
    """Our actor behind the part before the ``@``."""
    if handle == instance().slug:
        return instance_actor()
    if re.fullmatch(r"[0-9a-z]{26}", handle):
        return resolve(PERSON, handle)
    organisations = Organisation.objects.filter(status=Organisation.Status.ADMITTED)
    found = organisations.filter(slug=handle).first() or (
        organisations.filter(slug=instance().slug).first()
        if handle.startswith(f"{instance().slug}-")
        else None
    )
    return of(found) if found is not None and of(found).handle == handle else None


def is_ours(uri: str) -> bool:
    """Whether an address is one of this instance."""
    base = instance().base_url
    return uri == base or uri.startswith(f"{base}/")


def object_uri(ref: SubjectRef) -> str:
    """The stable id of a subject of ours."""
    return absolute(f"/ap/object/{ref.type}/{ref.key}")


def activity_uri(uid: str) -> str:
    """The stable id of an activity of ours."""
    return absolute(f"/ap/activity/{uid}")


def ref_of(uri: str) -> SubjectRef | None:
    """The subject behind one of our object ids, or None."""
    base = instance().base_url
    match = _OBJECT.fullmatch(uri[len(base) :]) if uri.startswith(f"{base}/") else None
    return SubjectRef(match[1], match[2]) if match else None
