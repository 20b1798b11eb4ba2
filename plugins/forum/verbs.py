"""What happens in discussions, as written in the journal."""

from django.utils.translation import gettext_lazy as _

from core.contract import Verb

# No sentence repeats words of a message: entries stay for ever, a message can be deleted or hidden.
# Messages stand in their discussion, not in the timeline, and reach those who take part or follow the thing itself,
# not everyone who follows a place.
THREAD_OPENED = "forum.thread.opened"
THREAD_HIDDEN = "forum.thread.hidden"
THREAD_RESTORED = "forum.thread.restored"
THREAD_LOCKED = "forum.thread.locked"
THREAD_UNLOCKED = "forum.thread.unlocked"
POSTED = "forum.post.created"
RECEIVED = "forum.post.received"
EDITED = "forum.post.edited"
DELETED = "forum.post.deleted"
HIDDEN = "forum.post.hidden"
RESTORED = "forum.post.restored"
WITHDRAWN = "forum.post.withdrawn"
RETURNED = "forum.post.returned"

verbs = [
    Verb(THREAD_OPENED, _("{actor} opened a discussion: {subject}")),
    Verb(THREAD_HIDDEN, _("The discussion was hidden: {reason}"), public=False),
    Verb(THREAD_RESTORED, _("The discussion is shown again: {reason}"), public=False),
    Verb(THREAD_LOCKED, _("The discussion was closed to new messages: {reason}"), public=False),
    Verb(THREAD_UNLOCKED, _("The discussion takes messages again: {reason}"), public=False),
    Verb(POSTED, _("{actor} took part in the discussion"), public=False),
    Verb(RECEIVED, _("A message came from {origin}"), public=False),
    Verb(EDITED, _("{actor} changed a message"), public=False),
    Verb(DELETED, _("{actor} deleted a message"), public=False),
    Verb(HIDDEN, _("A message was hidden: {reason}"), public=False),
    Verb(RESTORED, _("A message is shown again: {reason}"), public=False),
    Verb(WITHDRAWN, _("A message was hidden together with its discussion"), public=False),
    Verb(RETURNED, _("A message is shown again together with its discussion"), public=False),
]
