"""HTTP signatures, made and verified; the ones received are made by other code (tests/federation/hostile.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from plugins.federation.domain import signatures
from plugins.federation.domain.keys import Signer
from plugins.federation.domain.signatures import SignatureRefused
from tests.federation.hostile import INBOX, cavage, key, pem, rfc9421, sha256

KEY_ID = "https://a.example/users/eve#main-key"
BODY = b'{"id": "x"}'


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def read(headers, *, method="POST", target=INBOX, body=BODY):
    return signatures.read(method, target, lower(headers), body)


@pytest.mark.parametrize("make", [cavage, rfc9421])
def test_an_honest_signature_is_true(make):
    presented = read(make(BODY, KEY_ID, "eve"))
    assert presented.key_id == KEY_ID
    assert signatures.matches(presented, pem("eve"))
    assert not signatures.matches(presented, pem("mallory"))


def test_what_we_sign_others_can_verify():
    headers = signatures.sign("POST", "http://127.0.0.1:8001/ap/inbox", BODY, Signer(KEY_ID, key("eve")))
    assert headers["Digest"] == f"SHA-256={sha256(BODY)}"
    assert 'algorithm="rsa-sha256",headers="(request-target) host date digest"' in headers["Signature"]
    assert signatures.matches(read(headers | {"Host": "127.0.0.1:8001"}), pem("eve"))


@pytest.mark.parametrize(
    "tampering",
    [
        {"names": "date"},
        {"names": "(request-target) host date"},
        {"names": "(request-target) host digest"},
        {"names": "(request-target) date digest"},
        {"names": "host date digest"},
        {"digest": ""},
        {"digest": "SHA-256="},
        {"digest": "MD5=xxxx"},
        {"digest": f"SHA-256={sha256(b'other')}"},
        {"age": timedelta(days=2)},
        {"age": timedelta(days=-2)},
        {"age": timedelta(minutes=61)},
        {"host": "b.example"},
        {"algorithm": "hmac-sha256"},
        {"algorithm": "none"},
    ],
    ids=str,
)
def test_a_draft_signature_that_leaves_something_open_is_refused(tampering):
    """D20: whatever is not signed could be changed by who carries it."""
    with pytest.raises(SignatureRefused):
        read(cavage(BODY, KEY_ID, "eve", **tampering))


@pytest.mark.parametrize(
    "tampering",
    [
        {"names": '"@method" "@target-uri"'},
        {"names": '"@method" "content-digest"'},
        {"names": '"@target-uri" "content-digest"'},
        {"names": '"@method" "@path" "content-digest"'},
        {"age": timedelta(days=2)},
        {"age": timedelta(days=-2)},
    ],
    ids=str,
)
def test_a_standard_signature_that_leaves_something_open_is_refused(tampering):
    with pytest.raises(SignatureRefused):
        read(rfc9421(BODY, KEY_ID, "eve", **tampering))


def test_host_and_path_may_stand_for_the_whole_address():
    presented = read(rfc9421(BODY, KEY_ID, "eve", names='"@method" "@authority" "@path" "content-digest"'))
    assert signatures.matches(presented, pem("eve"))


@pytest.mark.parametrize("make", [cavage, rfc9421])
def test_another_path_query_method_or_body_is_not_what_was_signed(make):
    for change in ({"target": "/ap/other"}, {"target": f"{INBOX}?x=1"}, {"method": "PUT"}):
        assert not signatures.matches(read(make(BODY, KEY_ID, "eve"), **change), pem("eve"))
    with pytest.raises(SignatureRefused):
        read(make(BODY, KEY_ID, "eve"), body=b'{"id": "y"}')


@pytest.mark.parametrize(
    "value",
    [
        "", "x", "keyId", 'keyId="a"', 'keyId="a",keyId="b"', 'signature="="', "a=1," * 200, "\x00", 'keyId="' + "a" * 9000,
        'keyId="https://a.example/#k",headers="(request-target) host date digest",signature="@@@"',
        'keyId="ftp://a.example/#k",headers="(request-target) host date digest",signature="YQ=="',
    ],
)  # fmt: skip
def test_unreadable_signature_headers_are_refused(value):
    headers = cavage(BODY, KEY_ID, "eve") | {"Signature": value}
    with pytest.raises(SignatureRefused):
        read(headers)
    with pytest.raises(SignatureRefused):
        read(headers | {"Signature-Input": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Date", "yesterday"), ("Date", ""), ("Digest", ","), ("Host", ""), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
)  # fmt: skip
def test_unreadable_headers_are_refused(name, value):
    with pytest.raises(SignatureRefused):
        read(cavage(BODY, KEY_ID, "eve") | {name: value})


@pytest.mark.parametrize("expires", ["1", "abc", "99999999999999999999"])
def test_an_expired_signature_is_refused(expires):
    headers = cavage(BODY, KEY_ID, "eve")
    headers["Signature"] += f',expires="{expires}"'
    with pytest.raises(SignatureRefused):
        read(headers)
    inputs = rfc9421(BODY, KEY_ID, "eve")
    inputs["Signature-Input"] += f';expires="{expires}"'
    with pytest.raises(SignatureRefused):
        read(inputs)


def test_unsigned_is_refused():
    with pytest.raises(SignatureRefused, match="not signed"):
        read({"Host": "127.0.0.1:8001"})


def test_only_rsa_keys_of_a_sane_size_are_verified_with():
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    for public in (small, curve):
        text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        assert signatures.load_public(text) is None
    for text in ("", "nonsense", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "x" * 100_000):
        assert signatures.load_public(text) is None
