"""Things travel too: a guest offers wheelchairs, the commune accepts and receives them, with a deed for customs (D8)."""

from __future__ import annotations

import io
import re

import pytest
from django.utils import timezone
from PIL import Image

from core.domain import budgets
from core.domain.budgets import Measure
from core.domain.mail import deliver_letters
from plugins.crowdfunding.models import InKindOffer
from tests.crowdfunding.factories import CampaignFactory, manager
from tests.factories import OrganisationFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.PRIVATE_ROOT = str(tmp_path / "private")


@pytest.fixture
def campaign(site):
    """An open campaign whose budget wants 10 wheelchairs."""
    receiver = OrganisationFactory(name="Commune d'essai")
    found = CampaignFactory(receiver=receiver, collector=receiver)
    wanted = Measure(quantity=10, unit="fauteuils")
    budgets.add(found.project, "in_kind", {"fr": "Fauteuils roulants"}, wanted, by=manager(receiver))
    return found


@pytest.mark.smoke
def test_things_from_the_offer_to_the_reception(any_page, new_page, campaign, sign_in, last_mail, site, axe):
    """D8, D16: two screens for the guest, with and without JavaScript; the deed opens in both languages."""
    guest = any_page
    guest.goto(f"{site}{campaign.get_absolute_url()}")
    offer(guest)
    private = guest.url

    inside = new_page()
    sign_in(inside, manager(campaign.receiver))
    inside.goto(f"{site}{campaign.get_absolute_url()}")
    accept(inside)

    deliver_letters()
    assert private.split("/offers/")[1] in last_mail("amie@tiwizi.example").body
    guest.goto(private)
    assert "Avec joie, livrez à Tiznit." in guest.locator("main").inner_text()
    open_deeds(guest, site)
    axe(guest)

    send_and_receive(inside)
    axe(inside)

    guest.goto(private)
    assert "La directrice de l'école" in guest.locator("main").inner_text()
    assert guest.evaluate("document.querySelector('main img').decode().then(() => true)")
    guest.goto(f"{site}{campaign.get_absolute_url()}")
    assert "4 fauteuils" in guest.locator("#lines").inner_text()
    row = InKindOffer.objects.get()
    assert (row.state, row.received_on) == ("received", timezone.localdate())


def offer(guest) -> None:
    """From the campaign's line to an offer that waits for the commune."""
    guest.locator("#lines").get_by_role("link", name=re.compile("En offrir")).click()
    guest.get_by_label("Qu’offrez-vous").fill("Fauteuils roulants pliants")
    guest.get_by_label("Combien").fill("4")
    guest.get_by_label("Où sont les choses").fill("Ivry-sur-Seine")
    guest.get_by_label("Votre adresse e-mail").fill("amie@tiwizi.example")
    guest.get_by_label("Votre nom").fill("Association d'essai")
    guest.get_by_role("button", name="Envoyer l’offre").click()
    guest.wait_for_url("**/offers/**")
    assert "Commune d'essai" in guest.locator(".clock").inner_text()


def accept(inside) -> None:
    """The commune finds the offer from its campaign and accepts it with a sentence."""
    inside.get_by_role("link", name="Offres à répondre").click()
    inside.get_by_role("link", name=re.compile("4 × Fauteuils")).click()
    inside.get_by_role("link", name="Accepter").click()
    inside.locator("textarea[name=sentence]").fill("Avec joie, livrez à Tiznit.")
    inside.get_by_role("button", name="Accepter").click()


def open_deeds(guest, site) -> None:
    """The deed for customs, in both languages."""
    for language in ("français", "arabe"):
        address = guest.get_by_role("link", name=f"Attestation en {language} (PDF)").get_attribute("href")
        answer = guest.request.get(f"{site}{address}")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF")


def send_and_receive(inside) -> None:
    """They leave with a carrier over a border, and arrive with a photo and a name."""
    inside.get_by_role("link", name="Elles sont parties").click()
    inside.get_by_label("Qui les transporte").fill("Transports Atlas")
    inside.get_by_label("Poste frontière").fill("Tanger Med")
    inside.get_by_role("button", name="Enregistrer").click()
    inside.get_by_role("link", name="Elles sont arrivées").click()
    inside.get_by_label("Qui les a reçus").fill("La directrice de l'école")
    inside.locator("input[type=file]").set_input_files(photo())
    inside.get_by_role("button", name="Enregistrer").click()
    assert "reçu" in inside.locator(".badge").first.inner_text()


def photo() -> dict[str, object]:
    """A photo as a browser sends it."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "PNG")
    return {"name": "arrivée.png", "mimeType": "image/png", "buffer": out.getvalue()}
