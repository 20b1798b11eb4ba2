"""The forum's place in the site menu and its door on the home page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.contract import MenuItem

menu = [
    MenuItem(
        _("Discussions"),
        "forum:index",
        order=40,
        door=pgettext_lazy("door", "Talk"),
        hint=_("ask, answer, share what you know"),
    )
]
