"""Who is told of what in discussions."""

from django.utils.translation import gettext_lazy as _

from core.contract import Notification
from plugins.forum import verbs
from plugins.forum.domain import audience

READ, SEE = _("Read and reply"), _("See it on the site")

notifications = [
    Notification(verbs.POSTED, audience.of_message, "forum/mail/posted", action=READ),
    Notification(verbs.RECEIVED, audience.of_message, "forum/mail/posted", action=READ),
    Notification(verbs.HIDDEN, audience.author_of_message, "forum/mail/hidden", action=SEE),
    Notification(verbs.RESTORED, audience.author_of_message, "forum/mail/restored", action=SEE),
    Notification(verbs.THREAD_HIDDEN, audience.author_of_thread, "forum/mail/thread_hidden", action=SEE),
    Notification(verbs.THREAD_LOCKED, audience.author_of_thread, "forum/mail/thread_locked", action=SEE),
]
