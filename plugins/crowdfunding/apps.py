"""The crowdfunding plug-in."""

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from core import contract


class Crowdfunding(contract.Plugin):
    """Campaigns, pledges, payments, ledger and receipts."""

    name = "plugins.crowdfunding"
    label = "crowdfunding"
    title = _("Crowdfunding")

    def ready(self) -> None:
        super().ready()
        from plugins.crowdfunding.ledger_guards import install

        post_migrate.connect(install, sender=self, dispatch_uid="crowdfunding.ledger_guards")
