"""Factories of crowdfunding's rows."""

from __future__ import annotations

import secrets
from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from core.money import money
from plugins.crowdfunding.domain import payments, pledges, tallies
from plugins.crowdfunding.models import Campaign, CollectorSettings, Pledge, Reward
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, ProjectFactory

IBAN = "FR7630006000011234567890189"
RIB = "011780000012345678901296"


class CollectorSettingsFactory(DjangoModelFactory):
    class Meta:
        model = CollectorSettings
        django_get_or_create = ("organisation",)

    organisation = factory.SubFactory(OrganisationFactory)
    account_holder = "Horizon d'essai"
    iban = IBAN
    bic = "AGRIFRPP"
    rib = RIB


class CampaignFactory(DjangoModelFactory):
    """An open campaign of 6,000 € whose collector has an account."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    collector = factory.SubFactory(OrganisationFactory)
    receiver = factory.SelfAttribute("collector")
    slug = factory.Sequence(lambda n: f"campaign-{n}")
    state = Campaign.State.OPEN
    texts = factory.Sequence(
        lambda n: {
            "fr": {"title": f"Collecte {n}", "story": "<p>Pour le stock.</p>"},
            "ar": {"title": f"حملة {n}", "story": "<p>من أجل المخزون.</p>"},
        }
    )
    currency = "EUR"
    goal_minor = 600_000
    proposed_minor = factory.LazyFunction(lambda: [2000, 5000, 10000])
    opens_on = factory.LazyFunction(timezone.localdate)
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=60))

    @factory.post_generation
    def books(self, create, extracted, **kwargs):
        if create:
            self.tally = tallies.create(self)
            if extracted is not False:
                CollectorSettingsFactory(organisation=self.collector)


def promise(campaign, minor=5000, *, email="donor@tiwizi.example", **facts) -> Pledge:
    """A pledge made the way the site makes it."""
    donor = pledges.Donor(email=email, **facts)
    amount = money(minor, campaign.currency)
    return pledges.pledge(campaign, donor, amount, form_key=secrets.token_urlsafe(24))


def donor_by_card(campaign, minor=5000, *, way="card", email="donor@tiwizi.example", **facts) -> Pledge:
    """A pledge made with the form, on its way to the provider's page."""
    donor = pledges.Donor(email=email, **facts)
    amount = money(minor, campaign.currency)
    return pledges.pledge(campaign, donor, amount, form_key=secrets.token_urlsafe(24), channel=way)


def receipt(minor=5000, currency="EUR", *, channel="transfer", day=None) -> payments.Receipt:
    """What a treasurer saw."""
    return payments.Receipt(money(minor, currency), day or timezone.localdate(), channel)


def received(campaign, minor=5000, *, by=None, **facts):
    """A pledge and its payment."""
    pledge = promise(campaign, minor, **facts)
    return payments.receive(pledge, receipt(minor, campaign.currency), by=by)


def treasurer(organisation):
    """A person who keeps the organisation's accounts."""
    return MembershipFactory(organisation=organisation, role="treasurer", person=PersonFactory()).person


def manager(organisation):
    """A person who manages the organisation."""
    return MembershipFactory(organisation=organisation, role="manager", person=PersonFactory()).person


class RewardFactory(DjangoModelFactory):
    """A jar of honey from 30 € on, sent by post."""

    class Meta:
        model = Reward

    campaign = factory.SubFactory(CampaignFactory)
    kind = Reward.Kind.INDIVIDUAL
    from_minor = 3000
    needs_address = True
    texts = factory.Sequence(
        lambda n: {
            "fr": {"title": f"Pot de miel {n}", "description": "<p>De la coopérative.</p>"},
            "ar": {"title": f"قنينة عسل {n}", "description": ""},
        }
    )


def chosen(campaign, reward, minor=5000, *, email="donor@tiwizi.example", **facts) -> Pledge:
    """A pledge with a reward."""
    donor = pledges.Donor(email=email, **facts)
    key = secrets.token_urlsafe(24)
    return pledges.pledge(campaign, donor, money(minor, campaign.currency), form_key=key, reward=reward)
