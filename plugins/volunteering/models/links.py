"""Links that are a key: the applicant's private page, and an answer given from an e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.urls import reverse

if TYPE_CHECKING:
    from plugins.volunteering.models.applications import Application

ANSWER_LINK_LIVES = timedelta(days=30)
_private = signing.Signer(salt="volunteering.private", sep="~")
ANSWER_SALT = "volunteering.answer"


def private_token(application: Application) -> str:
    """256 bits that only the server can make; a new nonce on the row makes old links void."""
    return _private.signature(f"{application.uid}.{application.link_nonce}")


def is_private_token(application: Application, token: str) -> bool:
    """Whether a token opens this application; compared in constant time, old secret keys included."""
    try:
        _private.unsign(f"{application.uid}.{application.link_nonce}~{token}")
    except signing.BadSignature:
        return False
    return True


def private_path(application: Application) -> str:
    """The address that lets its holder act as the applicant."""
    return reverse("volunteering:private", args=[application.uid, private_token(application)])


def answer_token(application: Application, person: Any) -> str:
    """Lets a manager answer from an e-mail; says who and which application, and runs out."""
    return signing.dumps([application.uid, person.uid], salt=ANSWER_SALT, compress=True)


def read_answer_token(token: str) -> tuple[str, str]:
    """(application uid, person uid); raises ``signing.BadSignature``, ``SignatureExpired`` among them."""
    application, person = signing.loads(token, salt=ANSWER_SALT, max_age=ANSWER_LINK_LIVES)
    return str(application), str(person)


def answer_path(application: Application, person: Any) -> str:
    """The address of the one-click answer for this person."""
    return reverse("volunteering:answer", args=[answer_token(application, person)])
