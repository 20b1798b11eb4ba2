"""A server on loopback that answers whatever a test wants, and actors that sign as a test wants.

Its signatures are made here by other code than the one under test.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings

AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"
ACTIVITY = "application/activity+json"
INBOX = "/ap/inbox"


@lru_cache(maxsize=8)
def key(name: str) -> rsa.RSAPrivateKey:
    """One key pair per name for the whole run: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(name: str) -> str:
    public = key(name).public_key()
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        peer.asked.append(f"{self.command} {self.path}")
        peer.requests.append((self.command, self.path, dict(self.headers), body))
        route = peer.routes.get(self.path.split("?")[0])
        if route is None:
            self.reply(404, {"error": "nothing here"})
        elif callable(route):
            route(self)
        else:
            self.reply(200, route)

    do_GET = do_POST = answer

    def reply(self, status: int, document: Any = None, kind: str = ACTIVITY, **headers: str) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up on us are what the tests are about."""


class Peer:
    """Another server: ``routes`` maps a path to a document or to a function of the handler."""

    def __init__(self, name: str = "127.0.0.1") -> None:
        self.routes: dict[str, Any] = {}
        self.asked: list[str] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.peer = self  # type: ignore[attr-defined]
        self.host = f"{name}:{self._server.server_address[1]}"
        self.origin = f"http://{self.host}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def actor(self, name: str, /, **changes: Any) -> Sender:
        """An honest actor of this server with its own key, served at its id."""
        uri = f"{self.origin}/users/{name}"
        self.routes[f"/users/{name}"] = {
            "@context": [AS2, "https://w3id.org/security/v1"],
            "id": uri,
            "type": "Person",
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{uri}/inbox",
            "outbox": f"{uri}/outbox",
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem(name)},
        } | changes
        return Sender(self, name, uri)

    def redirect(self, path: str, to: str) -> None:
        self.routes[path] = lambda handler: handler.reply(302, {}, Location=to)


@dataclass
class Sender:
    """An actor of a peer."""

    peer: Peer
    name: str
    uri: str

    @property
    def key_id(self) -> str:
        return f"{self.uri}#main-key"

    def note(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        return {
            "id": f"{self.uri}/notes/{number}",
            "type": "Note",
            "attributedTo": self.uri,
            "content": "<p>Azul</p>",
            "to": [PUBLIC],
        } | changes

    def activity(self, kind: str = "Create", number: int = 1, **changes: Any) -> dict[str, Any]:
        document = {
            "@context": AS2,
            "id": f"{self.uri}/{kind.lower()}s/{number}",
            "type": kind,
            "actor": self.uri,
            "to": [PUBLIC],
            "object": self.note(number),
        } | changes
        return {name: value for name, value in document.items() if value is not None}


def encode(document: Any) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def cavage(
    body: bytes,
    key_id: str,
    private: str,
    *,
    path: str = INBOX,
    names: str = "(request-target) host date digest",
    age: timedelta = timedelta(0),
    host: str | None = None,
    digest: str | None = None,
    algorithm: str = "rsa-sha256",
) -> dict[str, str]:
    """Headers of a post signed as draft-cavage says; every argument is something an attacker may change."""
    host = host or urlsplit(settings.INSTANCE.base_url).netloc
    date = format_datetime(datetime.now(UTC) - age, usegmt=True)
    values = {
        "(request-target)": f"post {path}",
        "host": host,
        "date": date,
        "digest": digest if digest is not None else f"SHA-256={sha256(body)}",
        "content-type": ACTIVITY,
    }
    base = "\n".join(f"{name}: {values[name]}" for name in names.split())
    made = base64.b64encode(key(private).sign(base.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    headers = {
        "Host": host,
        "Date": date,
        "Signature": f'keyId="{key_id}",algorithm="{algorithm}",headers="{names}",signature="{made}"',
    }
    if values["digest"]:
        headers["Digest"] = values["digest"]
    return headers


def rfc9421(
    body: bytes,
    key_id: str,
    private: str,
    *,
    path: str = INBOX,
    names: str = '"@method" "@target-uri" "content-digest"',
    age: timedelta = timedelta(0),
    method: str = "POST",
) -> dict[str, str]:
    """Headers of a post signed as RFC 9421 says."""
    content_digest = f"sha-256=:{sha256(body)}:"
    values = {
        '"@method"': method,
        '"@target-uri"': settings.INSTANCE.base_url + path,
        '"@path"': path,
        '"@authority"': settings.INSTANCE.domain,
        '"content-digest"': content_digest,
    }
    created = int((datetime.now(UTC) - age).timestamp())
    inputs = f'({names});created={created};keyid="{key_id}";alg="rsa-v1_5-sha256"'
    lines = [f"{name}: {values[name]}" for name in names.split()] + [f'"@signature-params": {inputs}']
    made = key(private).sign("\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
    return {
        "Host": settings.INSTANCE.domain,
        "Content-Digest": content_digest,
        "Signature-Input": f"sig1={inputs}",
        "Signature": f"sig1=:{base64.b64encode(made).decode()}:",
    }


Post = Callable[..., Any]


def post(
    client: Any, body: bytes, headers: dict[str, str], *, path: str = INBOX, kind: str = ACTIVITY
) -> Any:
    """Post to one of our inboxes with exactly these headers."""
    return client.post(path, data=body, content_type=kind, headers=headers)


def send(client: Any, sender: Sender, document: Any, *, path: str = INBOX, **tampering: Any) -> Any:
    """Post what an actor signed honestly, save for what ``tampering`` changes."""
    body = encode(document)
    key_id = tampering.pop("key_id", sender.key_id)
    private = tampering.pop("private", sender.name)
    return post(
        client,
        body,
        cavage(body, key_id, private, path=tampering.pop("signed_path", path), **tampering),
        path=path,
    )
