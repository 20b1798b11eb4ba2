"""Core, read through the same contract as the plug-ins."""

from django.utils.translation import gettext_lazy as _

from core import contract


class Core(contract.Plugin):
    """Territories, organisations, people, projects, pages and the journal."""

    name = "core"
    label = "core"
    title = _("Tiwizi")

    def ready(self) -> None:
        super().ready()
        from core import (
            checks,  # noqa: F401  registers the system checks
            page_cache,
        )
        from core.domain import notices
        from core.journal import recorded

        recorded.connect(notices.on_recorded, dispatch_uid="core.notices")
        page_cache.listen()
