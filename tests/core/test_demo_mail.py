"""The demonstration's mailbox shows what was mailed, and exists nowhere else."""

from __future__ import annotations

import dataclasses

import pytest
from django.core import mail
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, demo=True)
    return reverse("demo_mail")


def test_an_empty_mailbox_says_what_to_do(client, mailbox):
    assert client.get(mailbox).context["mails"] == []
    assert 'class="empty"' in client.get(mailbox).content.decode()


def test_mails_are_shown_newest_first_with_their_links_and_nothing_of_theirs_is_markup(client, mailbox):
    mail.send_mail("Le premier", "Code ABC-DEF", "tiznit@tiwizi.example", ["amina@tiwizi.example"])
    message = mail.EmailMultiAlternatives(
        "الثاني", "Lire http://127.0.0.1:8001/fr/ <script>alert(1)</script>", None, ["said@tiwizi.example"]
    )
    message.attach_alternative("<p>html</p>", "text/html")
    message.send()
    answer = client.get(mailbox)
    shown = answer.content.decode()
    assert {one.subject for one in answer.context["mails"]} == {"Le premier", "الثاني"}
    assert "Code ABC-DEF" in shown
    assert 'href="http://127.0.0.1:8001/fr/"' in shown
    assert "<script>alert" not in shown
    only = client.get(mailbox, {"to": "SAID@tiwizi.example"}).context["mails"]
    assert [one.subject for one in only] == ["الثاني"]


def test_several_mails_of_one_connection_are_all_read(client, mailbox):
    mail.send_mass_mail([(f"n° {n}", "texte", None, ["a@tiwizi.example"]) for n in range(3)])
    assert len(client.get(mailbox).context["mails"]) == 3


def test_there_is_no_mailbox_outside_the_demonstration(client, settings, mailbox):
    settings.INSTANCE = dataclasses.replace(settings.INSTANCE, demo=False)
    assert client.get(mailbox).status_code == 404
