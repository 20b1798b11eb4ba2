"""What happens in volunteering, as written in the journal."""

from django.utils.translation import gettext_lazy as _

from core.contract import Verb

OPENED = "volunteering.mission.opened"
EDITED = "volunteering.mission.edited"
FILLED = "volunteering.mission.filled"
CLOSED = "volunteering.mission.closed"
DONE = "volunteering.mission.done"
HIDDEN = "volunteering.mission.hidden"
JOINED = "volunteering.mission.joined"

APPLIED = "volunteering.application.sent"
SHORTLISTED = "volunteering.application.shortlisted"
ACCEPTED = "volunteering.application.accepted"
DECLINED = "volunteering.application.declined"
WITHDRAWN = "volunteering.application.withdrawn"
NOTED = "volunteering.application.noted"

STEP_ADDED = "volunteering.step.added"
STEP_CHANGED = "volunteering.step.changed"
STEP_HANDED_OVER = "volunteering.step.handed_over"
STEP_DONE = "volunteering.step.done"
STEP_DROPPED = "volunteering.step.dropped"
STEP_SOON = "volunteering.step.soon"
STEP_LATE = "volunteering.step.late"
STEP_STALLED = "volunteering.step.stalled"

FINISHED = "volunteering.engagement.finished"
STOPPED = "volunteering.engagement.stopped"
FEEDBACK = "volunteering.engagement.feedback"
HOURS_LOGGED = "volunteering.hours.logged"
HOURS_CONFIRMED = "volunteering.hours.confirmed"
HOURS_REFUSED = "volunteering.hours.refused"

verbs = [
    Verb(OPENED, _("The mission “{subject}” is open to volunteers")),
    Verb(EDITED, _("The mission “{subject}” was updated")),
    Verb(FILLED, _("The mission “{subject}” has all its volunteers")),
    Verb(CLOSED, _("The mission “{subject}” takes no more applications")),
    Verb(DONE, _("The mission “{subject}” is done")),
    Verb(HIDDEN, _("The mission “{subject}” was taken away"), public=False),
    Verb(JOINED, _("A volunteer joined the mission “{subject}”")),
    Verb(APPLIED, _("Somebody applied to “{subject}”"), public=False),
    Verb(SHORTLISTED, _("The application to “{subject}” is on the shortlist"), public=False),
    Verb(ACCEPTED, _("The application to “{subject}” was accepted"), public=False),
    Verb(DECLINED, _("The application to “{subject}” was not accepted"), public=False),
    Verb(WITHDRAWN, _("The application to “{subject}” was withdrawn"), public=False),
    Verb(NOTED, _("A note was left about “{subject}”"), public=False),
    Verb(STEP_ADDED, _("A step was added to the plan of “{subject}”"), public=False),
    Verb(STEP_CHANGED, _("A step of “{subject}” was changed"), public=False),
    Verb(STEP_HANDED_OVER, _("A step of “{subject}” was handed over"), public=False),
    Verb(STEP_DONE, _("A step of “{subject}” is done"), public=False),
    Verb(STEP_DROPPED, _("A step of “{subject}” was dropped"), public=False),
    Verb(STEP_SOON, _("A step of “{subject}” is due soon"), public=False),
    Verb(STEP_LATE, _("A step of “{subject}” is late"), public=False),
    Verb(STEP_STALLED, _("“{subject}” has stalled"), public=False),
    Verb(FINISHED, _("The mission “{subject}” ended well"), public=False),
    Verb(STOPPED, _("The engagement on “{subject}” was stopped"), public=False),
    Verb(FEEDBACK, _("Feedback was left about “{subject}”"), public=False),
    Verb(HOURS_LOGGED, _("Hours wait for confirmation on “{subject}”"), public=False),
    Verb(HOURS_CONFIRMED, _("Hours were confirmed on “{subject}”"), public=False),
    Verb(HOURS_REFUSED, _("Hours were not confirmed on “{subject}”"), public=False),
]
