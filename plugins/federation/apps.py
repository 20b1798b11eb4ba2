"""The federation plug-in."""

from django.utils.translation import gettext_lazy as _

from core import contract


class Federation(contract.Plugin):
    """The only code that speaks ActivityPub."""

    name = "plugins.federation"
    label = "federation"
    title = _("Federation")
    apps_needed = ("plugins.federation.toolkit.Toolkit",)

    def ready(self) -> None:
        super().ready()
        from plugins.federation import checks  # noqa: F401  registers the system checks
