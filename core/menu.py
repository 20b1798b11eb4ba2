"""Core's part of the site menu."""

from django.utils.translation import gettext_lazy as _

from core.contract import MenuItem

menu = [
    MenuItem("", "propose", order=5, door=_("Propose"), hint=_("An idea in two minutes, from a phone")),
    MenuItem(_("Projects"), "projects", order=10),
    MenuItem(_("Territories"), "territories", order=80),
    MenuItem(_("Organisations"), "organisations", order=90),
]
