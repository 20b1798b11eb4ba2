"""Run inside an instance: makes a project if there is none and reads the main pages; prints JSON.

``python -m tests.contract.tour`` gives ``{"pages": {path: status}, "text": {path: html}}``.
"""

import json
import os

import django

LANGUAGES = ("fr", "ar")


def project():
    """The tour's project, with a person who proposed it."""
    from django.utils import timezone

    from core.domain.pages import ensure_tree
    from core.models import Organisation, Person, Project, Territory

    ensure_tree()
    territory, _made = Territory.objects.get_or_create(
        code="09.581.01.01", defaults={"level": "commune", "name_fr": "Aglou", "name_ar": "أكلو"}
    )
    owner, _made = Organisation.objects.get_or_create(
        slug="tour", defaults={"name": "Association", "kind": "association", "territory": territory}
    )
    proposer, _made = Person.objects.get_or_create(email="tour@tiwizi.example", defaults={"name": "Tour"})
    found, _made = Project.objects.get_or_create(
        slug="tour",
        defaults={
            "status": "published",
            "stage": "seeking",
            "territory": territory,
            "owner": owner,
            "proposer": proposer,
            "published_at": timezone.now(),
            "texts": {"fr": {"title": "Le four", "summary": "Un four", "story": "<p>Le récit.</p>"}},
        },
    )
    return found


def tour() -> dict[str, dict[str, object]]:
    """Status and text of each page."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    slug = project().slug
    paths = ["/api/v1/projects/", "/api/v1/figures/", "/api/v1/schema/", "/cms/login/"]
    for language in LANGUAGES:
        paths += [
            f"/{language}/{rest}"
            for rest in ("", "projects/", f"projects/{slug}/", f"projects/{slug}/journal/")
        ]
        paths += [f"/{language}/{rest}" for rest in ("territories/", "organisations/", "organisations/tour/")]
    if "stalls" in settings.INSTANCE.plugins:
        paths += ["/fr/stalls/", "/stalls-hook/", "/api/v1/stalls/stalls/"]
    answers = {path: client.get(path) for path in paths}
    return {
        "pages": {path: answer.status_code for path, answer in answers.items()},
        "text": {path: b"".join(answer).decode() for path, answer in answers.items()},
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.contract.settings")
    django.setup()
    print(json.dumps(tour()))
