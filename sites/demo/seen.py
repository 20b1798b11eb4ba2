"""A witness of the demonstration who went, looked, and confirmed the first step with a photo."""

from __future__ import annotations

import io
from typing import Any

from django.db import transaction
from PIL import Image, ImageDraw

from core.domain import photos
from plugins.crowdfunding.domain import milestones, witnesses
from plugins.crowdfunding.models import Campaign, Milestone, Witness

SIZE = (960, 640)


def confirm_first(campaign: Campaign, row: dict[str, Any]) -> None:
    """A witness who accepted, the team's word on the first step, and the witness's."""
    step = Milestone.objects.filter(campaign=campaign, position=1).select_related("campaign").first()
    if step is None or Witness.objects.filter(campaign=campaign, email=row["email"]).exists():
        return  # a demonstration loaded before there were steps takes none once people gave
    photo = drawing()
    with transaction.atomic():
        invited = witnesses.invite(
            campaign,
            by=None,
            name=row["name"],
            email=row["email"],
            role=row["role"],
            language=row["language"],
        )
        witness = witnesses.accept(invited)
        milestones.claim(step, by=None, note=row["note"])
        witnesses.speak(witness, step, confirms=True, words=row["words"], photo=photo)


def drawing() -> str:
    """Two jars drawn by lines, plainly no photograph of anything real; as a kept upload."""
    picture = Image.new("RGB", SIZE, "#f4ede0")
    pen = ImageDraw.Draw(picture)
    for left in (260, 520):
        pen.rounded_rectangle(
            (left, 200, left + 180, 500), radius=28, fill="#d9a441", outline="#5b3a1a", width=6
        )
        pen.rectangle((left + 20, 160, left + 160, 205), fill="#5b3a1a")
        pen.rectangle((left + 30, 300, left + 150, 400), fill="#fffdf8")
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    size = content.tell()
    content.seek(0)
    return photos.keep(content, size)
