"""How missions travel to other instances: data only."""

from django.db.models import QuerySet

from core.contract import Mapping
from plugins.volunteering import verbs
from plugins.volunteering.domain.public import describe
from plugins.volunteering.models import Mission


def public() -> QuerySet[Mission]:
    """Missions that other instances may read."""
    rows = Mission.objects.public().filter(project__origin_uri="")
    return rows.select_related("host", "project", "territory").prefetch_related("skills")


mappings = [
    Mapping(
        subject="volunteering.mission",
        object_type="Note",
        verbs={
            verbs.OPENED: "Create",
            verbs.EDITED: "Update",
            verbs.FILLED: "Update",
            verbs.CLOSED: "Update",
            verbs.DONE: "Update",
            verbs.HIDDEN: "Delete",
        },
        describe=describe,
        public=public,
    )
]
