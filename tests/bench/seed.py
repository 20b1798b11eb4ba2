"""Fills the bench's database: the demo's content, then a thousand projects; prints which addresses to measure."""

from __future__ import annotations

import json
from datetime import timedelta

import django


def projects(number: int) -> None:
    """Published projects spread over the communes and themes."""
    from django.utils import timezone

    from core.models import Organisation, Project, Territory, Theme

    communes = list(Territory.objects.filter(level="commune").order_by("code")[:400])
    owners = list(Organisation.objects.order_by("id"))
    themes = list(Theme.objects.all())
    now = timezone.now()
    rows = [
        Project(
            slug=f"bench-{n}",
            status=Project.Status.PUBLISHED,
            stage=Project.Stage.values[n % len(Project.Stage.values)],
            territory=communes[n % len(communes)],
            owner=owners[n % len(owners)],
            published_at=now - timedelta(minutes=n),
            texts={
                "fr": {"title": f"Un four collectif n° {n}", "summary": "Cuire ensemble, une fois par semaine.",
                       "story": "<p>Le four du douar est tombé. Nous le relevons.</p>" * 5},
                "ar": {"title": f"فرن جماعي رقم {n}", "summary": "نطبخ معا مرة في الأسبوع.",
                       "story": "<p>سقط فرن الدوار ونحن نعيد بناءه.</p>" * 5},
            },
        )
        for n in range(number)
    ]  # fmt: skip
    Project.objects.bulk_create(rows, batch_size=200)
    through = Project.themes.through
    made = Project.objects.filter(slug__startswith="bench-").order_by("id")
    links = [through(project_id=row.pk, theme_id=themes[n % len(themes)].pk) for n, row in enumerate(made)]
    through.objects.bulk_create(links, batch_size=500)


def richest() -> dict[str, str]:
    """The project with a campaign, a mission and a discussion, and the addresses that belong to it."""
    from plugins.crowdfunding.models import Campaign
    from plugins.forum.models import Thread
    from plugins.volunteering.models import Mission

    campaigns = {row.project_id: row for row in Campaign.objects.all() if row.takes_pledges()}
    talked = set(Thread.objects.exclude(project=None).values_list("project_id", flat=True))
    helped = set(Mission.objects.values_list("project_id", flat=True))
    found = (
        sorted(set(campaigns) & talked & helped)
        or sorted(set(campaigns) & (talked | helped))
        or sorted(campaigns)
    )
    campaign = campaigns[found[0]]
    thread = Thread.objects.order_by("-reply_count").first()
    return {
        "project": f"/fr/projects/{campaign.project.slug}/",
        "give": f"/fr/crowdfunding/campaigns/{campaign.slug}/give/",
        "topic": thread.get_absolute_url(),
        "panels": ", ".join(
            name
            for name, ids in (("campaign", campaigns), ("mission", helped), ("discussion", talked))
            if found[0] in ids
        ),
    }


def main() -> None:
    """Fill and print."""
    from django.core.management import call_command
    from django.utils import translation

    call_command("prepare", verbosity=0)
    call_command("load_demo", verbosity=0)
    projects(1000)
    with translation.override("fr"):
        print(json.dumps(richest()))


if __name__ == "__main__":
    django.setup()
    main()
