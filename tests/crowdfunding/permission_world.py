"""One association with everything in it, so that every address of crowdfunding leads to something real."""

from __future__ import annotations

import io
import secrets
from datetime import timedelta
from types import SimpleNamespace as Box

from django.utils import timezone
from PIL import Image
from wagtail.models import Collection

from core.domain import files, photos
from core.money import money
from plugins.crowdfunding.domain import (
    cash,
    checkouts,
    days,
    deposits,
    in_kind,
    milestones,
    offers,
    payments,
    payouts,
    pledges,
    providers,
    receipt_letters,
    receipts,
    refunds,
    settlements,
    shares,
    spending,
    sponsors,
    updates,
    witnesses,
)
from plugins.crowdfunding.domain.in_kind import Reception, Thing
from plugins.crowdfunding.domain.statements import imports
from plugins.crowdfunding.gateways import demo_bank
from plugins.crowdfunding.models import (
    AppealReport,
    BankLine,
    Campaign,
    DonorIdentity,
    GatewayAccount,
    ProviderEvent,
    Settlement,
    Statement,
    TaxReceipt,
)
from tests.crowdfunding.factories import (
    CampaignFactory,
    CollectorSettingsFactory,
    RewardFactory,
    chosen,
    donor_by_card,
    manager,
    promise,
    receipt,
    treasurer,
)
from tests.crowdfunding.money_way import SENTENCE, THIS_YEAR, arrived, identify, issuer, line, photo, spent
from tests.crowdfunding.regular import begun
from tests.crowdfunding.statement_files import came, table, took
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, ProjectFactory

ROLES = ("stranger", "nobody", "donor", "treasurer", "manager", "animator", "receiver", "owner", "other")
"""Who comes: nobody has roles that ended; the last three are the treasurer and the manager of the association that receives and owns the
project, and who is treasurer and manager of another association, which has a campaign and accounts of its own."""
TODAY = timezone.localdate()
GIVER = offers.Giver("giver@tiwizi.example", "Fatima", "Argenteuil", "Bonjour")


def key():
    return secrets.token_urlsafe(24)


def kept_photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    out.seek(0)
    return photos.keep(out, len(out.getvalue()))


def stored(name="proof.jpg"):
    """A private file, as an upload makes it."""
    found = photo(name)
    found.size = len(found.getvalue())
    return files.store(found, None)


def build() -> Box:
    """Everything, made by the domain as the site makes it."""
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    w = Box(collector=OrganisationFactory(), takes=OrganisationFactory(), elsewhere=OrganisationFactory())
    CollectorSettingsFactory(organisation=w.elsewhere)
    w.people = {
        "stranger": None,
        "nobody": PersonFactory(),
        "donor": PersonFactory(email="donor@tiwizi.example"),
        "treasurer": treasurer(w.collector),
        "manager": manager(w.collector),
        "animator": PersonFactory(is_animator=True),
        "receiver": treasurer(w.takes),
        "owner": manager(w.takes),
        "other": treasurer(w.elsewhere),
    }
    MembershipFactory(organisation=w.elsewhere, person=w.people["other"])
    for side in (w.collector, w.takes):  # answered for both until yesterday
        for role in ("treasurer", "manager", "agent"):
            ended = {"person": w.people["nobody"], "role": role, "until": TODAY - timedelta(days=1)}
            MembershipFactory(organisation=side, **ended)
    w.project = ProjectFactory(owner=w.takes)
    w.line = line(w.project, 90_000_00, "EUR")
    for part in (campaigns, steps, gifts, way_of_the_money, papers, bank, promises_in_kind, words):
        part(w)
    return w


def campaigns(w):
    """One that runs, one that is prepared, one by regular support, one that fills a pot."""
    sides = {"project": w.project, "collector": w.collector, "receiver": w.takes}
    w.campaign = CampaignFactory(**sides)
    w.draft = CampaignFactory(**sides, state=Campaign.State.DRAFT)
    w.steady = CampaignFactory(**sides, kind=Campaign.Kind.RECURRING)
    w.pot = CampaignFactory(**sides, kind=Campaign.Kind.MATCHING)
    w.over = CampaignFactory(**sides, state=Campaign.State.CLOSED)
    w.foreign = CampaignFactory(project=ProjectFactory(owner=w.elsewhere), collector=w.elsewhere)
    w.abroad = w.foreign.project
    w.stepped = CampaignFactory(**sides)
    w.report = AppealReport.objects.create(campaign=w.over, organisation=w.collector, due_on=TODAY)


def _step(campaign, **facts):
    words = {"fr": {"title": "Creuser le puits", "text": "<p>On voit l'eau.</p>"}}
    due = TODAY + timedelta(days=30)
    return milestones.plan(campaign, by=None, texts=words, due_on=due, needed=1, share=30, **facts)


def steps(w):
    """Steps: one claimed with a word of a witness, one to claim, one of the draft."""
    w.claimed, w.step, w.planned = _step(w.stepped), _step(w.stepped), _step(w.draft)
    invited = [
        witnesses.invite(w.stepped, by=None, name=f"Témoin {n}", email=f"w{n}@tiwizi.example")
        for n in range(3)
    ]
    w.witness, w.eye = (witnesses.accept(one) for one in invited[:2])
    w.invited = invited[2]
    w.early = witnesses.invite(w.draft, by=None, name="Témoin", email="early@tiwizi.example")
    w.elsewhere_pledge = promise(w.stepped)
    payments.receive(w.elsewhere_pledge, receipt(), by=w.people["treasurer"])


def gifts(w):
    """Promises, gifts, one by card that goes back, one in cash that waits, one with a reward."""
    c, by = w.campaign, w.people["treasurer"]
    w.reward, w.common = RewardFactory(campaign=c), RewardFactory(campaign=c, kind="collective")
    w.pledge = promise(c, 3000, email="donor@tiwizi.example", person=w.people["donor"], message="Bravo")
    w.given = promise(c, 900_000, email="donor@tiwizi.example", person=w.people["donor"], message="Merci")
    w.payment = payments.receive(w.given, receipt(900_000), by=by)
    w.chosen = chosen(c, w.reward)
    payments.receive(w.chosen, receipt(5000), by=by)
    w.by_cash = payments.receive(promise(c, 4000), receipt(4000, channel="cash"), by=by)
    w.boxed = payments.receive(promise(c, 2000), receipt(2000, channel="cash"), by=by)
    w.cheque = payments.receive(promise(c, 7000), receipt(7000, channel="cheque"), by=by)
    w.deposit = deposits.bring_cash(
        w.collector, {w.project: money(4000, "EUR")}, on=TODAY, reference="B-1", by=by, form_key=key()
    )
    taken = cash.Taken(money(12_000, "EUR"), TODAY)
    donor = pledges.Donor(email="aicha@tiwizi.example", name="Aïcha")
    agent = MembershipFactory(organisation=w.collector, role="agent").person
    w.cash, w.own_cash = (
        cash.declare(c, donor, taken, by=by, form_key=key()) for by in (agent, w.people["manager"])
    )
    w.card = donor_by_card(c, 5000, email="card@tiwizi.example")
    w.paid = checkouts.begin(w.card, channel="card", return_url="x", cancel_url="x")
    demo_bank.press(w.paid.session, "pay")
    checkouts.follow(w.paid)
    ((project, amount),) = settlements.at_provider(w.collector)
    slip = {"on": TODAY, "reference": "po_1", "by": by, "form_key": key()}
    settlements.settle(w.collector, [(project, amount)], **slip)
    w.settlement = Settlement.objects.get()
    w.open_card = donor_by_card(c, 5000, email="open@tiwizi.example")
    w.started = checkouts.begin(w.open_card, channel="card", return_url="x", cancel_url="x")
    w.support = begun(w.steady)


def way_of_the_money(w):
    """A transfer that waits, one that came, an expense with its invoice, a refund by hand, an event to look into."""
    c, by = w.campaign, w.people["treasurer"]
    w.sent, w.came = (
        payouts.send(
            c, payouts.Transfer(money(n, "EUR"), money(0, "EUR"), TODAY, stored()), by=by, form_key=key()
        )
        for n in (40_000, 50_000)
    )
    arrived(w.came, 500_000)
    w.spent = spent(c, 10_000)
    spending.attach(w.spent, stored("invoice.jpg"), by=w.people["owner"])
    w.spent.refresh_from_db()
    w.refund = refunds.request(w.payment, money(100, "EUR"), by=by, reason="donor", form_key=key())
    account = w.paid.account
    w.event = ProviderEvent.objects.create(
        account=account, event="evt_1", type="payment.settled", at=timezone.now(), state="human", why="amount"
    )
    sealed = providers.sealed("sk_test_essai", "whsec_essai")
    GatewayAccount.objects.create(
        organisation=w.collector, gateway="stripe", account="acct_1", sealed=sealed, test=True
    )
    terms = sponsors.Terms(money(50_000, "EUR"), TODAY, TODAY + timedelta(days=20))
    w.fund = sponsors.set_up(w.collector, terms, by=None, form_key=key())
    w.place = sponsors.answer(sponsors.offer(w.fund, c, by=None), by=None, accept=True)
    payments.receive(promise(c, 6000, email="matched@tiwizi.example"), receipt(6000), by=by)
    w.asked = sponsors.offer(w.fund, w.steady, by=None)


def papers(w):
    """A tax receipt that was issued, a donor who waits for one."""
    issuer(w.collector)
    receipts.mark(w.campaign, by=None, sentence=SENTENCE)
    w.campaign.refresh_from_db()
    w.given.refresh_from_db()
    identify(w.given)
    receipts.issue_year(w.collector, THIS_YEAR, by=None)
    w.receipt = TaxReceipt.objects.get()
    w.letter = receipt_letters.token(w.receipt)
    w.waits = w.chosen
    w.waits.refresh_from_db()
    identify(w.waits, last_name="Autre")
    assert DonorIdentity.objects.count() == 2


def bank(w):
    """Lines of a statement, and a file whose columns nobody knows."""
    by = w.people["treasurer"]
    took(w.campaign, by, came(text="sans code"), came(1200, "autre"))
    w.bank_line, w.left_line = BankLine.objects.order_by("pk")
    rows = [["Foo", "Bar", "Baz"], ["02/11/2026", "Don", "12,00"], ["03/11/2026", "Don", "13,00"]]
    imports.import_file(w.collector, imports.File("x.csv", table(rows)), by=by)
    w.statement = Statement.objects.get(state=Statement.State.ASKING)


def promises_in_kind(w):
    """Things offered, things received with a photo, days of work, a share of a commune."""

    def things():
        given = [Thing("Chaises", 3, "good", 40_000)]
        return in_kind.offer(w.campaign, GIVER, given, form_key=key(), currency="EUR", pickup="Argenteuil")

    w.offer = things()
    w.received = in_kind.accept(things(), "Avec joie", by=None)
    w.received = in_kind.receive(
        w.received, Reception("M. le Caïd", TODAY, photo=stored("arrived.jpg")), by=None
    )
    w.days = days.offer(w.campaign, GIVER, group="Groupe", days=5, when="", line=None, form_key=key())
    given = shares.Promise("Commune d'Asserar", money(20_000, "EUR"))
    w.share = shares.announce(w.line, given, by=None, form_key=key())


def words(w):
    """News: published, for backers only, and a draft; a step with what a witness saw."""

    def news(*, only=False):
        texts = {"fr": {"title": "Les bocaux sont là", "body": "<p>Trois cents.</p>"}}
        return updates.write(w.campaign, texts, by=None, backers_only=only, language="fr", form_key=key())

    w.news, w.inside, w.unsaid = updates.publish(news(), by=None), news(only=True), news()
    w.inside = updates.publish(w.inside, by=None)
    milestones.claim(w.claimed, by=None, note="Fait")
    w.testimony = witnesses.speak(w.eye, w.claimed, confirms=False, words="Pas d'eau", photo=kept_photo())
    milestones.claim(w.claimed, by=None, note="Cette fois oui")
