"""Messages and threads as subjects: reported, moderated, followed."""

from django.utils.translation import gettext_lazy as _

from core.contract import Subject
from plugins.forum.domain import posts, threads
from plugins.forum.models import Post, Thread

subjects = [
    Subject(
        Post.subject_type,
        Post,
        _("message"),
        select_related=("thread", "author"),
        hide=posts.hide,
        restore=posts.restore,
    ),
    Subject(
        Thread.subject_type,
        Thread,
        _("discussion"),
        follow=True,
        share=True,
        select_related=("project",),
        hide=threads.hide,
        restore=threads.restore,
    ),
]
