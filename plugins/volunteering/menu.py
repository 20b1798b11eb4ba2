"""Volunteering's part of the site menu, and its door on the home page."""

from django.utils.translation import gettext_lazy as _

from core.contract import MenuItem

menu = [
    MenuItem(
        _("Missions"),
        "volunteering:missions",
        order=30,
        door=_("Help"),
        hint=_("Give some of your time and skills, on site or from afar."),
    )
]
