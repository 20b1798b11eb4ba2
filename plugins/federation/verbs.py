"""What happens between instances, as written in the journal."""

from django.utils.translation import gettext_lazy as _

from core.contract import Verb

ASKED = "federation.peer.asked"
ASKED_US = "federation.peer.asked_us"
ADMITTED = "federation.peer.admitted"
REFUSED = "federation.peer.refused"
ACCEPTED_US = "federation.peer.accepted_us"
REFUSED_US = "federation.peer.refused_us"
ENDED = "federation.peer.ended"
LEFT = "federation.peer.left"
BLOCKED = "federation.peer.blocked"
UNBLOCKED = "federation.peer.unblocked"

verbs = [
    Verb(ASKED, _("{actor} asked to follow {subject}"), public=False),
    Verb(ASKED_US, _("{subject} asks to follow this instance"), public=False),
    Verb(ADMITTED, _("{actor} admitted {subject}"), public=False),
    Verb(REFUSED, _("{actor} refused {subject}: {reason}"), public=False),
    Verb(ACCEPTED_US, _("{subject} admitted this instance"), public=False),
    Verb(REFUSED_US, _("{subject} refused this instance"), public=False),
    Verb(ENDED, _("{actor} ended the link with {subject}"), public=False),
    Verb(LEFT, _("{subject} no longer follows this instance"), public=False),
    Verb(BLOCKED, _("{actor} blocked {subject}: {reason}"), public=False),
    Verb(UNBLOCKED, _("{actor} unblocked {subject}"), public=False),
]
