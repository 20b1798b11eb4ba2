"""The forum plug-in."""

from django.utils.translation import gettext_lazy as _

from core import contract


class Forum(contract.Plugin):
    """A discussion on anything."""

    name = "plugins.forum"
    label = "forum"
    title = _("Forum")
