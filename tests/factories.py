"""Factories of core's rows; each plug-in keeps its own beside its tests."""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from core.models import Membership, Organisation, Person, Project, Territory, Theme


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    email = factory.Sequence(lambda n: f"person{n}@tiwizi.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    language = "fr"


class TerritoryFactory(DjangoModelFactory):
    class Meta:
        model = Territory
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"09.581.{n // 100:02}.{n % 100:02}")
    level = Territory.Level.COMMUNE
    name_fr = factory.Sequence(lambda n: f"Commune {n}")
    name_ar = factory.Sequence(lambda n: f"جماعة {n}")


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"Association {n}")
    kind = Organisation.Kind.ASSOCIATION
    territory = factory.SubFactory(TerritoryFactory)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    person = factory.SubFactory(PersonFactory)
    role = Membership.Role.MANAGER


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme

    slug = factory.Sequence(lambda n: f"theme-{n}")
    name_fr = factory.Sequence(lambda n: f"Thème {n}")


class ProjectFactory(DjangoModelFactory):
    """A published project with French and Arabic texts; without pages unless ``write_pages`` is called."""

    class Meta:
        model = Project

    slug = factory.Sequence(lambda n: f"project-{n}")
    status = Project.Status.PUBLISHED
    stage = Project.Stage.SEEKING
    territory = factory.SubFactory(TerritoryFactory)
    owner = factory.SubFactory(OrganisationFactory)
    published_at = factory.LazyFunction(timezone.now)
    texts = factory.Sequence(
        lambda n: {
            "fr": {"title": f"Projet {n}", "summary": "En une phrase", "story": "<p>Le récit.</p>"},
            "ar": {"title": f"مشروع {n}", "summary": "في جملة", "story": "<p>الحكاية.</p>"},
        }
    )
