"""Crowdfunding's entry of the site menu."""

from django.utils.translation import gettext_lazy as _

from core.contract import MenuItem

menu = [
    MenuItem(
        _("Campaigns"),
        "crowdfunding:campaigns",
        order=20,
        door=_("Give"),
        hint=_("from 1 €, without an account"),
    )
]
