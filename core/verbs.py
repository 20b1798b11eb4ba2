"""What happens in core, as written in the journal."""

from django.utils.translation import gettext_lazy as _

from core.contract import Verb

PROPOSED = "core.project.proposed"
PUBLISHED = "core.project.published"
EDITED = "core.project.edited"
DECLINED = "core.project.declined"
WITHDRAWN = "core.project.withdrawn"
STAGE_MOVED = "core.project.stage_moved"
RECEIVED = "core.project.received"
ANNOUNCED = "core.announcement.published"
ANNOUNCEMENT_REMOVED = "core.announcement.removed"
REPORTED = "core.subject.reported"
REPORT_ACCEPTED = "core.report.accepted"
REPORT_DISMISSED = "core.report.dismissed"
RESTORED = "core.subject.restored"

verbs = [
    Verb(PROPOSED, _("{actor} proposed the idea"), public=False),
    Verb(PUBLISHED, _("The project was published")),
    Verb(EDITED, _("The project's sheet was updated"), follow=False),
    Verb(DECLINED, _("The idea was answered: {reason}"), public=False),
    Verb(WITHDRAWN, _("The project was withdrawn")),
    Verb(STAGE_MOVED, _("The project moved to the stage “{after}”")),
    Verb(RECEIVED, _("The project was received from {origin}"), public=False),
    Verb(ANNOUNCED, _("{actor} published an announcement")),
    Verb(ANNOUNCEMENT_REMOVED, _("The announcement was removed"), public=False),
    Verb(REPORTED, _("“{subject}” was reported"), public=False),
    Verb(REPORT_ACCEPTED, _("After a report, “{subject}” was taken from view"), public=False),
    Verb(REPORT_DISMISSED, _("After a report, “{subject}” stays: {answer}"), public=False),
    Verb(RESTORED, _("“{subject}” can be read again"), public=False),
]
