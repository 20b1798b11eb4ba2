"""Key pairs of our actors: rows of the toolkit's key table, sealed at rest, loaded once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, cast

from activitypub.core.models import Domain, Reference
from activitypub.core.models.base import SignatureAlgorithms
from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import secrets
from core.conf import instance
from plugins.federation.domain import addresses
from plugins.federation.models import SigningKey

FRAGMENT = "#main-key"
BITS = 2048
"""What every server of the fediverse can verify."""


class NotOurs(ValueError):
    """Keys are only made for actors of this instance."""


class SealBroken(RuntimeError):
    """A stored key was sealed with a secret that is no longer set: SECRET_KEY_FALLBACKS must keep it."""


class PublicKey(NamedTuple):
    """What an actor document shows: the key's id and its PEM."""

    key_id: str
    pem: str


class Signer(NamedTuple):
    """What signs for an actor."""

    key_id: str
    private_key: RSAPrivateKey


def ensure(actor_uri: str) -> PublicKey:
    """The actor's public key, made at first use; raises NotOurs for an actor of another host."""
    row = _row(actor_uri)
    return PublicKey(actor_uri + FRAGMENT, row.public_key_pem or "")


def signer(actor_uri: str) -> Signer:
    """The actor's loaded private key, made at first use; raises NotOurs or SealBroken."""
    return Signer(actor_uri + FRAGMENT, _load(_row(actor_uri).private_key_pem or ""))


def _row(actor_uri: str) -> SigningKey:
    row = SigningKey.objects.filter(reference__uri=actor_uri + FRAGMENT).first()
    return row or _make(actor_uri)


@transaction.atomic
def _make(actor_uri: str) -> SigningKey:
    if not addresses.is_ours(actor_uri):
        raise NotOurs(actor_uri)
    Domain.make(
        instance().base_url, local=True
    )  # before any reference, or the toolkit takes us for a remote host
    sealed, public = _pair()
    row = SigningKey.make(
        reference=Reference.make(actor_uri + FRAGMENT),
        private_key_pem=sealed,
        public_key_pem=public,
        signature_algorithm=SignatureAlgorithms.RS256,
        created=timezone.now(),
    )
    row.owner.add(Reference.make(actor_uri))
    return cast(SigningKey, row)


def _pair() -> tuple[str, str]:
    """A new pair: the sealed private key, and the public one as PEM."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return _fernets().encrypt(der).decode(), public.decode()


def rotate(actor_uri: str) -> PublicKey:
    """Replace an actor's pair under the same key id; others fetch the new one when a signature fails."""
    with transaction.atomic():
        row = _row(actor_uri)
        row.private_key_pem, row.public_key_pem = _pair()
        row.created = timezone.now()
        row.save(update_fields=["private_key_pem", "public_key_pem", "created"])
    return PublicKey(actor_uri + FRAGMENT, row.public_key_pem or "")


@transaction.atomic
def reseal() -> int:
    """Seal every stored key with the current secret; gives their number. Raises SealBroken."""
    rows = list(SigningKey.objects.exclude(private_key_pem=None))
    for row in rows:
        try:
            row.private_key_pem = _fernets().rotate((row.private_key_pem or "").encode()).decode()
        except InvalidToken as error:
            raise SealBroken(str(row)) from error
        row.save(update_fields=["private_key_pem"])
    return len(rows)


def actors() -> list[str]:
    """Local actors that have a key."""
    uris = SigningKey.objects.exclude(private_key_pem=None).values_list("reference__uri", flat=True)
    return [uri.removesuffix(FRAGMENT) for uri in uris.order_by("reference__uri")]


@lru_cache(maxsize=512)
def _load(sealed: str) -> RSAPrivateKey:
    """Unseal and load; the full check of an RSA key costs as much as a hundred signatures and these are ours."""
    try:
        der = _fernets().decrypt(sealed.encode())
    except InvalidToken as error:
        raise SealBroken("A stored key cannot be opened with the secrets that are set.") from error
    return cast(
        RSAPrivateKey, serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    )


def _fernets() -> MultiFernet:
    """The current secret first, then those that may still have sealed something."""
    return secrets.fernets("federation keys at rest", getattr(settings, "FEDERATION_KEY_SECRET", ""))
