"""Who may do what in crowdfunding: every address, every role, reading and acting; refused means nothing changed."""

from __future__ import annotations

import logging
from functools import reduce

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from core.domain import files
from core.models import JournalEntry, Letter, Project
from plugins.crowdfunding.domain import cash
from plugins.crowdfunding.models import Campaign, CashGift, Payment
from tests.crowdfunding import permission_world
from tests.crowdfunding.permission_cases import BY_LINK, OF_ANOTHER, PUBLIC, TABLE
from tests.crowdfunding.permission_world import ROLES
from tests.factories import MembershipFactory

BOTH = ("GET", "POST")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
REFUSALS = {401, 403, 404, 410}
FILLED = {
    "step": "do",
    "answer": "decline",
    "shown": "1",
    "act": "leave",
    "amount": "10",
    "on": timezone.localdate().isoformat(),
    "received_on": timezone.localdate().isoformat(),
    "arrived_on": timezone.localdate().isoformat(),
    "channel": "transfer",
    "reason": "mistake",
    "note": "Essai",
    "sentence": "Essai",
    "reference": "R-1",
    "url": "https://tiwizi.example/",
}
"""What forms ask for; a field that a form does not know it does not read."""


def words_of(world, said):
    """The arguments of an address."""
    found = []
    for word in said.split():
        if word.startswith("="):
            found.append(word[1:])
            continue
        row = reduce(getattr, word.split("."), world)
        plain = isinstance(row, str)
        found.append(row if plain else getattr(row, "slug", "") or getattr(row, "uid", "") or row.pk)
    return found


def address(world, name, said):
    return reverse(f"crowdfunding:{name}", args=words_of(world, said))


def refused(response):
    """Whether the answer is no: not signed in, not allowed, not there."""
    login = response.status_code == 302 and "/account/login/" in response.url
    return login or response.status_code in REFUSALS


def guesses(token, number):
    """Tokens that are not the right one, though as long."""
    other = {True: "b", False: "a"}
    first = other[token[0] == "a"] + token[1:]
    last = token[:-1] + other[token[-1] == "a"]
    padded = (number * 4)[: len(token)]
    return {first, last, token.swapcase(), padded} - {token}


def names():
    """Every name in the namespace."""

    def walk(patterns):
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            elif isinstance(one, URLPattern) and one.name:
                yield one.name

    space = get_resolver().namespace_dict["crowdfunding"][1]
    return set(walk(space.url_patterns))


def state():
    """All rows of crowdfunding, and how much was told to whom."""
    models = apps.get_app_config("crowdfunding").get_models()
    rows = {model._meta.label: list(model.objects.order_by("pk").values_list()) for model in models}
    return rows | {"journal": JournalEntry.objects.count(), "letters": Letter.objects.count()}


class TestMatrix(TestCase):
    """The table of ``permission_cases``, walked once."""

    def setUp(self):
        logging.disable(logging.WARNING)
        self.addCleanup(logging.disable, logging.NOTSET)

    @classmethod
    def setUpTestData(cls):
        cls.world = permission_world.build()
        cls.browsers = {}
        for role in ROLES:
            cls.browsers[role] = Client()
            if cls.world.people[role] is not None:
                cls.browsers[role].force_login(cls.world.people[role])

    def ask(self, role, method, where, *, keep=False):
        """The answer, and what was written; an allowed act is taken back at once."""
        browser = type(self).browsers[role]
        written = []

        def spy(execute, sql, params, many, context):
            if sql.startswith(WRITES) and "django_session" not in sql:
                written.append(sql)
            return execute(sql, params, many, context)

        with transaction.atomic(), connection.execute_wrapper(spy):
            response = browser.post(where, FILLED) if method == "POST" else browser.get(where)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(not keep)
        return response, written

    def test_every_address_is_in_the_table(self):
        """What is added later has to say who may."""
        assert names() == {name for name, _said, _may in TABLE} | set(PUBLIC) | set(BY_LINK)

    def test_who_may(self):
        """Each line of the table: who stands in it comes in, everyone else is refused and changes nothing."""
        wrong, effective, before = [], set(), state()
        for name, said, may in TABLE:
            where = address(self.world, name, said)
            for role in ROLES:
                for method in ("GET", "POST"):
                    allowed = role in may
                    response, written = self.ask(role, method, where, keep=not allowed)
                    if response.status_code == 405 and not written:
                        continue
                    if refused(response) == allowed or (written and not allowed):
                        wrong.append((name, said, role, method, response.status_code, written))
                    if written and method == "POST":
                        effective.add(name)
        assert wrong == []
        assert state() == before
        assert len(effective) >= 30  # the same requests do change something when they are allowed

    def test_nobody_reaches_another_association_s_rows_through_her_own_address(self):
        """Treasurer and manager of another association: her own address with one of our rows leads nowhere."""
        wrong, asked, before = [], 0, state()
        for name, said, _may in TABLE:
            first, *rest = said.split() or [""]
            if first not in OF_ANOTHER or not any(not word.startswith("=") for word in rest):
                continue
            where = address(self.world, name, " ".join([OF_ANOTHER[first], *rest]))
            for method in ("GET", "POST"):
                response, written = self.ask("other", method, where, keep=True)
                asked += 1
                if written or response.status_code not in {403, 404, 405}:
                    wrong.append((name, said, method, response.status_code, written))
        assert wrong == []
        assert asked > 80
        assert state() == before

    def test_everyone_opens_public_pages(self):
        for name, said in PUBLIC.items():
            response, _written = self.ask("stranger", "GET", address(self.world, name, said))
            assert not refused(response), name

    def closed(self, *about):
        """Public pages about these are gone for everyone outside."""
        for name, said in PUBLIC.items():
            if said.partition(" ")[0] not in about:
                continue
            for role in ("stranger", "donor", "other"):
                response, _written = self.ask(role, "GET", address(self.world, name, said))
                assert refused(response), (name, role, response.status_code)

    def test_what_moderators_hide_is_closed(self):
        """A hidden campaign, a project taken off: their public pages are gone, their accounts are kept."""
        pages = ("campaign", "steady", "stepped", "news")
        Campaign.objects.update(hidden=True)
        self.closed(*pages)
        Campaign.objects.update(hidden=False)
        Project.objects.update(status=Project.Status.WITHDRAWN)
        self.closed(*pages, "project")
        where = address(self.world, "treasury_received", "collector")
        assert not refused(self.ask("treasurer", "GET", where)[0])

    def test_a_link_opens_and_a_guessed_one_does_not(self):
        """The right token comes in without account; another of the same length, or a public number, does not."""
        wrong, before = [], state()
        for name, said in BY_LINK.items():
            token, *rest = words_of(self.world, said)
            answers = [
                self.ask("stranger", m, reverse(f"crowdfunding:{name}", args=[token, *rest]))[0] for m in BOTH
            ]
            if any(refused(answer) for answer in answers):
                wrong.append((name, [answer.status_code for answer in answers]))
            for guess in guesses(token, self.world.pledge.uid):
                for method in BOTH:
                    where = reverse(f"crowdfunding:{name}", args=[guess, *rest])
                    response, written = self.ask("stranger", method, where, keep=True)
                    if response.status_code not in {404, 405} or written:
                        wrong.append((name, guess, method, response.status_code))
        assert wrong == []
        assert state() == before

    def test_a_link_opens_only_what_is_its_own(self):
        """A donor's link with another donor's receipt, a witness's with a step of another campaign, news of another."""
        w = self.world
        for name, said in (
            ("receipt_pledge", "pledge.token receipt"),
            ("testify", "witness.token planned"),
            ("pledge_update", "elsewhere_pledge.token inside"),
            ("pledge_update", "chosen.token unsaid"),
        ):
            for role in ("stranger", "donor", "other"):
                assert self.ask(role, "GET", address(w, name, said))[0].status_code == 404, name

    def test_every_address_leads_to_its_own_page(self):
        """No page stands before another one; and each that acts asks for the token of its form."""
        lines = [(name, said) for name, said, _may in TABLE] + [*PUBLIC.items(), *BY_LINK.items()]
        for name, said in lines:
            found = resolve(address(self.world, name, said))
            assert found.view_name == f"crowdfunding:{name}"
            assert not getattr(found.func, "csrf_exempt", False), name

    def test_private_files_reach_only_who_may_see_them(self):
        """Proofs, invoices, photos of receptions, receipts: a stranger never gets the bytes, whoever may gets them."""
        w = self.world
        kept = {
            "payout_proof": ("sent", w.sent.proof, "treasurer"),
            "invoice": ("spent", w.spent.invoice, "owner"),
            "offer_answer_photo": ("campaign received", w.received.reception_photo, "owner"),
        }
        for name, (said, file, who) in kept.items():
            where, content = address(w, name, said), files.read(file)
            assert self.ask(who, "GET", where)[0].content == content
            for role in ("stranger", "nobody", "donor", "other"):
                response, _written = self.ask(role, "GET", where)
                assert refused(response)
                assert content not in response.content
            assert self.ask("stranger", "GET", f"/media/{file.name}")[0].status_code == 404
            assert not files.root().is_relative_to(settings.MEDIA_ROOT)
        for name, said in (
            ("receipt_pdf", "collector receipt"),
            ("cash_receipt_pdf", "collector cash"),
            ("offer_answer_deed", "campaign received =fr"),
        ):
            for role in ("stranger", "nobody", "donor", "other"):
                response, _written = self.ask(role, "GET", address(w, name, said))
                assert refused(response)
                assert b"%PDF" not in response.content

    def test_who_took_cash_does_not_confirm_it(self):
        """Neither by the page nor by the domain, nor with another account of the same mailbox."""
        w, row = self.world, self.world.own_cash
        where = address(w, "cash_confirm", "collector own_cash")
        response, written = self.ask("manager", "POST", where, keep=True)
        assert (response.status_code, written) == (403, [])
        twin = MembershipFactory(
            organisation=w.collector,
            role="treasurer",
            person__email=w.people["manager"].email.replace("@", "+me@"),
        ).person
        for person in (w.people["manager"], twin):
            with pytest.raises((PermissionDenied, cash.SamePerson)):
                cash.confirm(row, by=person)
        assert CashGift.objects.get(pk=row.pk).state == CashGift.State.DECLARED
        assert not refused(self.ask("treasurer", "POST", where)[0])

    def test_no_page_books_cash_by_one_person_alone(self):
        """A sponsor's settlement, a promise marked received, a gift at the counter: cash waits for somebody else."""
        w, before = self.world, Payment.objects.count()
        form = FILLED | {"channel": "cash", "form_key": "c" * 24, "campaign": w.campaign.pk}
        browser = type(self).browsers["treasurer"]
        for name, said, status in (
            ("treasury_settle", "collector place", 422),
            ("treasury_receive", "collector pledge", 302),
            ("treasury_gift", "collector", 302),
        ):
            assert browser.post(address(w, name, said), form).status_code == status, name
        assert Payment.objects.count() == before
        assert CashGift.objects.filter(state="declared").count() == 4
