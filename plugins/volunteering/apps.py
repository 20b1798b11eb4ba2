"""The volunteering plug-in."""

from django.utils.translation import gettext_lazy as _

from core import contract


class Volunteering(contract.Plugin):
    """Missions, applications, follow-up and hours."""

    name = "plugins.volunteering"
    label = "volunteering"
    title = _("Volunteering")
