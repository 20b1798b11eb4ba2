"""HTTP signatures: draft-cavage as sender, draft-cavage and RFC 9421 as receiver."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from core.conf import instance
from plugins.federation.domain import addresses
from plugins.federation.domain.keys import Signer

CLOCK = timedelta(hours=1)
"""How far a signature's date may be from our clock, either way."""
MAX_PEM = 8 * 1024

_CAVAGE = re.compile(r'\s*([a-zA-Z]+)=(?:"([^"]*)"|(\d+))\s*(?:,|$)')
_COMPONENT = r'"[a-z0-9@-]+"'
_PARAMETER = r';[a-z*][a-z0-9_.*-]*=(?:"[^"\\]*"|\d+)'
_INPUT = re.compile(
    rf"\s*([a-z*][a-z0-9_.*-]*)=(\(({_COMPONENT}(?: {_COMPONENT})*)\)((?:{_PARAMETER})*))\s*(?:,|$)"
)
_SIGNATURE = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]+):\s*(?:,|$)")

Headers = Mapping[str, str]


class SignatureRefused(Exception):
    """The request does not prove who sent it; the message says what is missing."""


class Presented(NamedTuple):
    """A signature whose components, digest and date are in order; whether it is true is for ``matches``."""

    key_id: str
    base: bytes
    signature: bytes
    pss: bool = False


def fingerprint(text: str) -> str:
    """A short stable name for a text, for cache keys."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def digest_of(body: bytes) -> str:
    """The base64 SHA-256 of a body."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def sign(method: str, url: str, body: bytes | None, signer: Signer, *, digest: str = "") -> dict[str, str]:
    """Headers Date, Digest (with a body) and Signature for a request; ``digest`` spares hashing the same body again."""
    address = addresses.parse(url)
    headers = {"Date": formatdate(usegmt=True)}
    names = ["(request-target)", "host", "date"]
    lines = [
        f"(request-target): {method.lower()} {address.target}",
        f"host: {address.host}",
        f"date: {headers['Date']}",
    ]
    if body is not None:
        headers["Digest"] = f"SHA-256={digest or digest_of(body)}"
        names.append("digest")
        lines.append(f"digest: {headers['Digest']}")
    value = signer.private_key.sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    headers["Signature"] = (
        f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{" ".join(names)}",'
        f'signature="{base64.b64encode(value).decode()}"'
    )
    return headers


def read(method: str, target: str, headers: Headers, body: bytes) -> Presented:
    """The signature a request presents, after everything that can be checked without its key.

    ``target`` is path and query as they were asked. Raises SignatureRefused.
    """
    if headers.get("host", "").lower() != instance().domain.lower():
        raise SignatureRefused("The request is addressed to another host.")
    if "signature" not in headers:
        raise SignatureRefused("The request is not signed.")
    if "signature-input" in headers:
        return _read_rfc9421(method, target, headers, body)
    return _read_cavage(method, target, headers, body)


def matches(presented: Presented, pem: str) -> bool:
    """Whether a public key made the signature; False for a key we do not verify with."""
    key = load_public(pem)
    if key is None:
        return False
    try:
        if presented.pss:
            scheme = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
            key.verify(presented.signature, presented.base, scheme, hashes.SHA512())
        else:
            key.verify(presented.signature, presented.base, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def load_public(pem: str) -> RSAPublicKey | None:
    """An RSA key of 2048 to 8192 bits, or None: smaller ones prove nothing, bigger ones only cost time."""
    if len(pem) > MAX_PEM:
        return None
    try:
        key = load_pem_public_key(pem.encode())
    except Exception:  # the library raises several kinds for what strangers may send
        return None
    return key if isinstance(key, RSAPublicKey) and 2048 <= key.key_size <= 8192 else None


def _parameters(text: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    position = 0
    while position < len(text):
        match = pattern.match(text, position)
        if match is None or len(found) > 8:
            raise SignatureRefused("The signature header cannot be read.")
        found.append(match)
        position = match.end()
    return found


def _decode(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("The signature is not base64.") from error


def _field(headers: Headers, name: str) -> str:
    if name not in headers:
        raise SignatureRefused(f"The signature names {name}, which the request lacks.")
    return headers[name].strip()


def _read_cavage(method: str, target: str, headers: Headers, body: bytes) -> Presented:
    pairs = [
        (match[1].lower(), match[2] or match[3] or "") for match in _parameters(headers["signature"], _CAVAGE)
    ]
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise SignatureRefused("The signature header says something twice.")
    if fields.get("algorithm", "hs2019").lower() not in {"rsa-sha256", "hs2019"}:
        raise SignatureRefused("Only rsa-sha256 is verified here.")
    names = fields.get("headers", "").lower().split(" ")
    dated = "date" in names or "(created)" in names
    if not {"(request-target)", "host", "digest"} <= set(names) or not dated:
        raise SignatureRefused("(request-target), host, date and digest must all be signed.")
    _check_digest(headers.get("digest", ""), body)
    if "date" in names:
        _check_date(headers.get("date", ""))
    if "created" in fields:
        _check_time(fields["created"])
    _check_expiry(fields)
    special: dict[str, Callable[[], str]] = {
        "(request-target)": lambda: f"{method.lower()} {target}",
        "(created)": lambda: fields.get("created", ""),
        "(expires)": lambda: fields.get("expires", ""),
    }
    lines = [f"{name}: {special[name]() if name in special else _field(headers, name)}" for name in names]
    return Presented(
        _key_id(fields.get("keyid", "")), "\n".join(lines).encode(), _decode(fields.get("signature", ""))
    )


def _read_rfc9421(method: str, target: str, headers: Headers, body: bytes) -> Presented:
    inputs = {match[1]: match for match in _parameters(headers["signature-input"], _INPUT)}
    values = {match[1]: match[2] for match in _parameters(headers["signature"], _SIGNATURE)}
    label = next((label for label in inputs if label in values), None)
    if label is None:
        raise SignatureRefused("No signature fits a signature input.")
    names = [name.strip('"') for name in inputs[label][3].split(" ")]
    pairs = re.findall(r';([a-z*][a-z0-9_.*-]*)=(?:"([^"\\]*)"|(\d+))', inputs[label][4])
    fields = {name: text or number for name, text, number in pairs}
    if len(set(names)) != len(names) or len(fields) != len(pairs):
        raise SignatureRefused("The signature input says something twice.")
    algorithm = fields.get("alg", "rsa-v1_5-sha256")
    if algorithm not in {"rsa-v1_5-sha256", "rsa-pss-sha512"}:
        raise SignatureRefused("Only RSA signatures are verified here.")
    _check_components(set(names), fields)
    _check_content_digest(headers.get("content-digest", ""), body)
    if "created" in fields:
        _check_time(fields["created"])
    if "date" in names:
        _check_date(headers.get("date", ""))
    _check_expiry(fields)
    lines = [f'"{name}": {_component(name, method, target, headers)}' for name in names]
    lines.append(f'"@signature-params": {inputs[label][2]}')
    key_id = _key_id(fields.get("keyid", ""))
    return Presented(key_id, "\n".join(lines).encode(), _decode(values[label]), algorithm == "rsa-pss-sha512")


def _check_components(names: set[str], fields: dict[str, str]) -> None:
    where = "@target-uri" in names or (
        {"@authority", "host"} & names and {"@path", "@request-target"} & names
    )
    if (
        not where
        or not {"@method", "content-digest"} <= names
        or not ("created" in fields or "date" in names)
    ):
        raise SignatureRefused("@method, @target-uri, content-digest and a date must all be signed.")


def _component(name: str, method: str, target: str, headers: Headers) -> str:
    path, mark, query = target.partition("?")
    if mark and name == "@path":
        raise SignatureRefused("The query is not signed.")
    derived = {
        "@method": method,
        "@target-uri": instance().base_url + target,
        "@authority": instance().domain.lower(),
        "@scheme": instance().base_url.split(":")[0],
        "@request-target": target,
        "@path": path,
        "@query": f"?{query}",
    }
    if name.startswith("@"):
        if name not in derived:
            raise SignatureRefused(f"{name} cannot be signed here.")
        return derived[name]
    return _field(headers, name)


def _key_id(value: str) -> str:
    try:
        addresses.parse(value)
    except addresses.BadAddress as error:
        raise SignatureRefused("The key id is no address we fetch from.") from error
    return value


def _check_digest(header: str, body: bytes) -> None:
    for part in header.split(","):
        algorithm, _, value = part.strip().partition("=")
        if algorithm.lower() == "sha-256" and hmac.compare_digest(value.encode(), digest_of(body).encode()):
            return
    raise SignatureRefused("The digest is not that of the body.")


def _check_content_digest(header: str, body: bytes) -> None:
    known = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
    found = [(match[1], match[2]) for match in _parameters(header, _SIGNATURE) if match[1] in known]
    right = [hmac.compare_digest(_decode(value), known[name](body).digest()) for name, value in found]
    if not right or not all(right):
        raise SignatureRefused("The content digest is not that of the body.")


def _check_date(header: str) -> None:
    try:
        said = parsedate_to_datetime(header)
    except (TypeError, ValueError) as error:
        raise SignatureRefused("The date cannot be read.") from error
    _within(said if said.tzinfo else said.replace(tzinfo=UTC))


def _check_time(seconds: str) -> None:
    try:
        _within(datetime.fromtimestamp(int(seconds), UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureRefused("The date cannot be read.") from error


def _check_expiry(fields: dict[str, str]) -> None:
    value = fields.get("expires")
    if value is not None and not (value.isdigit() and len(value) < 12 and int(value) >= time.time()):
        raise SignatureRefused("The signature has expired.")


def _within(said: datetime) -> None:
    if abs(datetime.now(UTC) - said) > CLOCK:
        raise SignatureRefused("The date is more than an hour off.")
