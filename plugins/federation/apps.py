"""The federation plug-in."""

from django.utils.translation import gettext_lazy as _

from core import contract


class Federation(contract.Plugin):
    """The only code that speaks ActivityPub."""

    name = "plugins.federation"
    label = "federation"
    title = _("Federation")
    apps_needed = ("plugins.federation.toolkit.Toolkit",)
    middleware = ("plugins.federation.middleware.PagesAndIds",)

    def ready(self) -> None:
        super().ready()
        from core.journal import recorded
        from plugins.federation import checks  # noqa: F401  registers the system checks
        from plugins.federation.domain import outbound

        recorded.connect(outbound.on_recorded, dispatch_uid="federation.outbound")
