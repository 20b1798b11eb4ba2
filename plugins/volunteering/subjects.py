"""What can be discussed, followed, shared and reported in volunteering."""

from django.utils.translation import gettext_lazy as _

from core.contract import Subject
from plugins.volunteering.domain import missions
from plugins.volunteering.models import Application, Mission

subjects = [
    Subject(
        "volunteering.mission",
        Mission,
        _("mission"),
        discuss=True,
        follow=True,
        share=True,
        select_related=("host", "project", "territory"),
        hide=missions.hide,
        restore=missions.restore,
    ),
    # Private: a subject only so that the journal and the notices can point to it.
    Subject(
        "volunteering.application",
        Application,
        _("application"),
        select_related=("mission__host", "mission__project", "applicant"),
    ),
]
