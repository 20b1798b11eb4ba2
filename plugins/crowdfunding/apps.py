"""The crowdfunding plug-in."""

from django.utils.translation import gettext_lazy as _

from core import contract


class Crowdfunding(contract.Plugin):
    """Campaigns, pledges, payments, ledger and receipts."""

    name = "plugins.crowdfunding"
    label = "crowdfunding"
    title = _("Crowdfunding")
