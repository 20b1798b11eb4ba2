"""Factories of volunteering's rows."""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from core.models import Organisation, Person
from plugins.volunteering.domain import applications
from plugins.volunteering.models import Application, Mission, Skill
from tests.factories import MembershipFactory, OrganisationFactory, PersonFactory, ProjectFactory


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill

    esco_id = factory.Sequence(lambda n: f"00000000-0000-0000-0000-{n:012}")
    name_fr = factory.Sequence(lambda n: f"compétence {n}")
    name_en = factory.Sequence(lambda n: f"skill {n}")


class MissionFactory(DjangoModelFactory):
    """An open mission on a published project."""

    class Meta:
        model = Mission

    slug = factory.Sequence(lambda n: f"mission-{n}")
    project = factory.SubFactory(ProjectFactory)
    host = factory.SubFactory(OrganisationFactory)
    state = Mission.State.OPEN
    territory = factory.SelfAttribute("project.territory")
    published_at = factory.LazyFunction(timezone.now)
    texts = factory.Sequence(
        lambda n: {
            "fr": {
                "title": f"Mission {n}",
                "story": "<p>Former les relais.</p>",
                "criteria": "<p>Patience.</p>",
            },
            "ar": {"title": f"مهمة {n}", "story": "<p>تكوين.</p>", "criteria": ""},
        }
    )


def manager_of(host: Organisation, **fields: object) -> Person:
    """A manager of an organisation."""
    return MembershipFactory(organisation=host, person=PersonFactory(**fields)).person


def animator() -> Person:
    """An animator of the instance."""
    return PersonFactory(is_animator=True)


def sent(
    mission: Mission | None = None, applicant: Person | None = None, message: str = "Je peux aider"
) -> Application:
    """An application that waits for its answer."""
    return applications.apply(
        mission=mission or MissionFactory(), applicant=applicant or PersonFactory(), message=message
    )


def accepted(mission: Mission | None = None, applicant: Person | None = None) -> Application:
    """An application with its engagement and plan."""
    application = sent(mission, applicant)
    applications.accept(application, by=manager_of(application.mission.host))
    return Application.objects.get(pk=application.pk)
