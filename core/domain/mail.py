"""Mail: composed in the reader's language, a row before it is a message, sent with a stable id."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from core.conf import absolute, instance
from core.domain import wakes
from core.models import Letter, LetterRefusal
from core.models.languages import direction
from core.models.work import WorkRow

logger = logging.getLogger(__name__)
ATTEMPTS = 9
LONGEST_WAIT = timedelta(hours=12)
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
SALT = "core.mail.stop"


@dataclass(frozen=True)
class Message:
    """What one mail needs beside its template: where to, in which language, its stable id and its links."""

    to: str
    language: str
    key: str
    url: str = ""
    action: str = ""
    stop: str = ""
    """Signed one-click address to hear no more of this, or nothing for an answer to the reader's own act."""
    why: str = ""


def render_text(template: str, context: Mapping[str, Any]) -> str:
    """A plain-text template: nothing is escaped, because nothing is HTML."""
    return get_template(template).template.render(Context({**context}, autoescape=False))  # type: ignore[attr-defined]


def message_id(key: str) -> str:
    """The same id for the same key, so that a mail sent twice after a crash shows once."""
    host = urlsplit(instance().base_url).hostname or "localhost"
    return f"<{key}.{instance().slug}@{host}>".replace(" ", "-")


def letterhead(message: Message) -> dict[str, Any]:
    """What every template of a mail may use."""
    here = instance()
    return {
        "site_title": here.text(here.title, message.language),
        "home": absolute(f"/{message.language}/"),
        "lang": message.language,
        "dir": direction(message.language),
        "url": message.url,
        "action": message.action,
        "stop": message.stop,
        "why": message.why,
        "demo": here.demo,
    }


def compose(message: Message, template: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """A mail with a text and an HTML part from ``<template>.subject.txt``, ``.txt`` and perhaps ``.html``."""
    with translation.override(message.language):
        everything = {**letterhead(message), **context}
        subject = " ".join(render_text(f"{template}.subject.txt", everything).split())
        body = render_text(f"{template}.txt", everything).strip()
        everything |= {
            "subject_line": subject,
            "body": body,
            "blocks": [b for b in body.split("\n\n") if b.strip()],
        }
        try:
            page = get_template(f"{template}.html")
        except TemplateDoesNotExist:
            page = get_template("core/mail/letter.html")
        html = INLINER.inline(page.render(everything))
        text = render_text("core/mail/letter.txt", everything)
        sender = formataddr((str(everything["site_title"]), settings.DEFAULT_FROM_EMAIL))
    headers = {"Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"}
    if message.stop:
        headers |= {
            "List-Unsubscribe": f"<{message.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail = EmailMultiAlternatives(subject[:200], text, sender, [message.to], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def stop_token(**what: str) -> str:
    """A signed token that says who wants to hear no more of what; valid for ever, as the law asks."""
    return signing.dumps(what, salt=SALT)


def read_stop_token(token: str) -> dict[str, str]:
    """What a token says; raises ``signing.BadSignature`` for one that we did not sign."""
    return signing.loads(token, salt=SALT)


def stop_link(language: str, **what: str) -> str:
    """The absolute address that a mail's unsubscribe link leads to."""
    with translation.override(language):
        return absolute(reverse("unsubscribe", args=[stop_token(**what)]))


def send_letter(
    to_email: str,
    language: str,
    template: str,
    context: Mapping[str, Any],
    *,
    key: str,
    optional: bool = False,
) -> None:
    """Send at once, from work that is itself a row; raises what the mail server answers.

    ``context`` may hold ``url`` and ``action`` for the one main button.
    """
    message = Message(
        to=to_email,
        language=language,
        key=key,
        url=absolute(str(context["url"])) if context.get("url") else "",
        action=str(context.get("action", "")),
        stop=stop_link(language, email=to_email) if optional else "",
    )
    rest = {name: value for name, value in context.items() if name not in {"url", "action"}}
    compose(message, template, rest).send()


def post(
    to: str,
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    key: str,
    optional: bool = False,
    urgent: bool = False,
) -> None:
    """Write a letter's row in this transaction; a key already posted writes nothing.

    ``urgent`` (a code somebody waits for) tries to send as soon as the transaction is committed; the worker
    sends whatever that leaves. ``optional`` letters carry an unsubscribe link and respect it.
    """
    Letter.objects.bulk_create(
        [
            Letter(
                to=to, template=template, context=dict(context), language=language, key=key, optional=optional
            )
        ],
        ignore_conflicts=True,
    )
    if urgent:
        transaction.on_commit(lambda: deliver_letters(key=key), robust=True)
    else:
        wake_letters()


def wake_letters() -> None:
    """Tell a worker that letters wait."""
    from core.tasks import send_due_letters

    wakes.wake(send_due_letters)


def later(row: WorkRow, error: Exception) -> None:
    """Try again after 1, 2, 4… minutes, twelve hours at most; give up after a day and a half."""
    logger.warning("Mail %s %s was not sent: %s", type(row).__name__, row.pk, error)
    if row.attempts >= ATTEMPTS or isinstance(error, smtplib.SMTPRecipientsRefused):
        row.give_up(repr(error))
    else:
        row.postpone(min(timedelta(minutes=2 ** (row.attempts - 1)), LONGEST_WAIT), repr(error))


def deliver_letters(number: int = 50, key: str | None = None) -> int:
    """Send letters that are due, or one by its key; gives how many were tried."""
    letters = Letter.objects.filter(key=key) if key is not None else Letter.objects.all()
    rows: list[Any] = letters.take(number)
    refused = set(
        LetterRefusal.objects.filter(email__in=[row.to for row in rows]).values_list("email", flat=True)
    )
    for row in rows:
        try:
            if not (row.optional and row.to in refused):
                send_letter(
                    row.to,
                    row.language,
                    row.template,
                    row.context,
                    key=f"letter.{row.pk}",
                    optional=row.optional,
                )
        except Exception as error:
            later(row, error)
            continue
        row.context = {}
        row.save(update_fields=["context"])
        row.finish()
    return len(rows)
