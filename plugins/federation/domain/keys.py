"""Key pairs of our actors."""

from __future__ import annotations

from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class PublicKey(NamedTuple):
    """What an actor document shows: the key's id and its PEM."""

    key_id: str
    pem: str


class Signer(NamedTuple):
    """What signs for an actor."""

    key_id: str
    private_key: RSAPrivateKey


def ensure(actor_uri: str) -> PublicKey:
    """The actor's public key, made at first use."""
    raise NotImplementedError


def signer(actor_uri: str) -> Signer:
    """The actor's loaded private key, made at first use."""
    raise NotImplementedError
