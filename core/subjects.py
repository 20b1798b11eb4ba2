"""What can be discussed, followed, shared and reported in core."""

from django.utils.translation import gettext_lazy as _

from core.contract import Subject
from core.domain.announcements import remove, republish, unpublish
from core.domain.projects import put_back, withdraw
from core.models import AnnouncementPage, CapitalisationSheetPage, EventPage, Organisation, Project, Territory

subjects = [
    Subject(
        "core.project",
        Project,
        _("project"),
        discuss=True,
        follow=True,
        share=True,
        select_related=("owner", "territory"),
        hide=lambda project, by: withdraw(project, by=by),
        restore=lambda project, by: put_back(project, by=by),
    ),
    Subject("core.organisation", Organisation, _("organisation"), follow=True, share=True),
    Subject("core.territory", Territory, _("territory"), key="code", follow=True, share=True),
    Subject(
        "core.announcement",
        AnnouncementPage,
        _("announcement"),
        key="translation_key",
        discuss=True,
        share=True,
        hide=remove,
        restore=republish,
    ),
    Subject(
        "core.event",
        EventPage,
        _("event"),
        key="translation_key",
        discuss=True,
        share=True,
        hide=unpublish,
        restore=republish,
    ),
    Subject(
        "core.sheet",
        CapitalisationSheetPage,
        _("capitalisation sheet"),
        key="translation_key",
        discuss=True,
        share=True,
        hide=unpublish,
        restore=republish,
    ),
]
