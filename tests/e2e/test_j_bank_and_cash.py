"""A guest's transfer matched from the bank's file by one button; cash taken by one person and confirmed by another."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.domain.mail import deliver_letters
from plugins.crowdfunding.domain.statements.lines import Movement
from plugins.crowdfunding.models import BankLine, CashGift, Payment, Pledge
from tests.crowdfunding import statement_files
from tests.crowdfunding.factories import CampaignFactory, manager, promise, treasurer
from tests.e2e.conftest import PHONE
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def campaign(site):
    return CampaignFactory(collector=OrganisationFactory(name="Horizon d'essai"))


def words(page) -> str:
    """What a page says, with plain spaces."""
    return re.sub("[\u2066-\u2069]", "", page.locator("main").inner_text().replace("\u00a0", " "))


@pytest.mark.smoke
@pytest.mark.parametrize("js", [True, False], ids=["js", "nojs"])
def test_a_transfer_is_matched_from_the_bank_s_file(new_page, campaign, sign_in, axe, site, tmp_path, js):
    """D12, D15: three typed fields, a CAMT.053 file, one button; the donor's page and the ledger say so."""
    guest = new_page(viewport=PHONE, js=js)
    guest.goto(f"{site}/fr/crowdfunding/campaigns/{campaign.slug}/give/")
    pledge = promise_transfer(guest)
    promise(campaign, 3000, email="b@tiwizi.example", name="زهرة والي")
    file = tmp_path / "releve.xml"
    file.write_bytes(statement_of(pledge))

    desk = new_page(viewport=PHONE, js=js)
    sign_in(desk, treasurer(campaign.collector))
    start = f"{site}/fr/crowdfunding/treasury/{campaign.collector.slug}/statements/"
    import_twice(desk, start, file)
    desk.goto(start)
    desk.get_by_role("link", name=re.compile("À voir")).click()
    axe(desk)
    record_the_sure_one(desk)
    leave_and_take_back(desk)

    guest.goto(f"{site}{pledge.get_absolute_url()}")
    assert "Votre don est arrivé" in words(guest)
    guest.get_by_role("link", name="registre public").first.click()
    assert "+ 50 €" in words(guest)


def promise_transfer(guest) -> Pledge:
    """A guest promises 50 € by transfer."""
    guest.get_by_label("50 €", exact=True).check()
    guest.get_by_label(re.compile("par virement")).check()
    guest.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    guest.get_by_role("button", name="Continuer").click()
    guest.wait_for_url("**/pledges/**")
    return Pledge.objects.get()


def statement_of(pledge) -> bytes:
    """The bank's file: the code as a donor types it, a name in other letters, a subsidy, a fee."""
    day = date(2026, 11, 12)
    lines = [
        Movement(day, 5000, "EUR", text=f"don {pledge.code[:4].lower()} {pledge.code[4:].lower()}"),
        Movement(day, 3000, "EUR", counterparty="MME OUALI ZAHRA"),
        Movement(day, 90_000, "EUR", counterparty="CONSEIL", text="SUBVENTION"),
        Movement(day, -790, "EUR", text="FRAIS"),
    ]
    return statement_files.camt(lines, version="08")


def import_twice(desk, start, file) -> None:
    """The same file brings its lines once."""
    for known in (False, True):
        desk.goto(start)
        desk.get_by_label("Relevé de votre banque").set_input_files(file)
        desk.get_by_role("button", name="Importer").click()
        assert ("4 nouvelles lignes sur 4" in words(desk)) != known
        assert ("Rien de nouveau" in words(desk)) == known


def record_the_sure_one(desk) -> None:
    """What is sure is recorded by one button, never without it."""
    assert "1 ligne sûre" in words(desk)
    assert Payment.objects.count() == 0
    desk.get_by_role("button", name="Confirmer cette ligne").click()
    assert "1 ligne est enregistrée" in words(desk)


def leave_and_take_back(desk) -> None:
    """The likely one is recorded, the rest left aside, and one of it looked at again."""
    desk.get_by_role("button", name=re.compile("Oui, l’enregistrer")).click()
    assert "Enregistrée sur la promesse" in words(desk)
    desk.get_by_role("link", name=re.compile("Décider")).click()
    desk.get_by_role("link", name="La laisser de côté").click()
    desk.get_by_label(re.compile("pas un don")).check()
    desk.get_by_role("button", name="La laisser de côté").click()
    assert "Toutes les lignes sont traitées" in words(desk)
    desk.get_by_role("link", name="Traitées").click()
    desk.get_by_role("link", name=re.compile("La revoir")).first.click()
    desk.get_by_role("button", name="La revoir").click()
    assert BankLine.objects.waiting().count() == 1


@pytest.mark.parametrize("js", [True, False], ids=["js", "nojs"])
def test_cash_at_a_festival(new_page, campaign, sign_in, last_mail, axe, site, js):
    """DOMAIN 5: taken on a phone, receipt in hand; the treasurer counts, confirms and brings it to the bank."""
    taker, keeper = manager(campaign.collector), treasurer(campaign.collector)
    phone = new_page(viewport=PHONE, js=js)
    sign_in(phone, taker)
    phone.goto(f"{site}{campaign.collector.get_absolute_url()}")
    gift = take_cash(phone, keeper, axe)
    deliver_letters()
    assert gift.receipt_number in last_mail("aicha@tiwizi.example").subject

    donor = new_page(viewport=PHONE, js=js, language="ar")
    donor.goto(f"{site}{gift.pledge.get_absolute_url()}cash/".replace("/fr/", "/ar/"))
    assert gift.receipt_number in words(donor)
    axe(donor)

    desk = new_page(viewport=PHONE, js=js)
    sign_in(desk, keeper)
    desk.goto(f"{site}/fr/crowdfunding/treasury/{campaign.collector.slug}/cash/")
    count_and_deposit(desk)

    donor.goto(f"{site}{gift.pledge.get_absolute_url()}")
    assert "Votre don est arrivé" in words(donor)
    donor.goto(f"{site}/fr/crowdfunding/ledger/{campaign.project.slug}/")
    assert "− 120 €" in words(donor)


def take_cash(phone, keeper, axe) -> CashGift:
    """A manager writes the receipt; only the treasurer, who is named, may confirm."""
    phone.get_by_role("link", name="Caisse").click()
    phone.get_by_role("link", name="J’ai reçu des espèces").click()
    phone.get_by_label("Collecte").select_option(index=1)
    phone.get_by_label("Montant compté").fill("120")
    phone.get_by_label(re.compile("Nom du donateur")).fill("Aïcha")
    phone.get_by_label(re.compile("Adresse e-mail")).fill("aicha@tiwizi.example")
    axe(phone)
    phone.get_by_role("button", name="Faire le reçu").click()
    gift = CashGift.objects.get()
    assert f"Reçu {gift.receipt_number}" in words(phone)
    phone.get_by_role("link", name="Au cahier de caisse").click()
    assert str(keeper) in words(phone)
    assert not phone.get_by_role("link", name=re.compile("^Confirmer")).count()
    return gift


def count_and_deposit(desk) -> None:
    """The treasurer confirms what is in the box and brings it to the bank."""
    desk.get_by_role("link", name=re.compile("^Confirmer")).click()
    desk.get_by_role("button", name=re.compile("120 € sont dans la caisse")).click()
    assert "Confirmé." in words(desk)
    desk.get_by_role("link", name=re.compile("Déposer 120 €")).click()
    desk.get_by_label(re.compile("Numéro du bordereau")).fill("B-12")
    desk.get_by_role("button", name="Inscrire le dépôt").click()
    assert "B-12" in words(desk)
