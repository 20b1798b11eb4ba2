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

verbs = [
    Verb(PROPOSED, _("{actor} proposed the idea"), public=False),
    Verb(PUBLISHED, _("The project was published")),
    Verb(EDITED, _("The project's sheet was updated")),
    Verb(DECLINED, _("The idea was answered: {reason}"), public=False),
    Verb(WITHDRAWN, _("The project was withdrawn")),
    Verb(STAGE_MOVED, _("The project moved to the stage “{after}”")),
    Verb(RECEIVED, _("The project was received from {origin}"), public=False),
    Verb(ANNOUNCED, _("{actor} published an announcement")),
]
