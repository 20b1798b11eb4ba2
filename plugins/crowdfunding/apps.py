"""The crowdfunding plug-in."""

from typing import Any

from django.db.models.signals import post_migrate, post_save
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
        # A promise ends in many ways and places; whichever it is, its reward goes with it in the same transaction.
        pledge = self.get_model("Pledge")
        post_save.connect(follow_state, sender=pledge, dispatch_uid="crowdfunding.rewards")


def follow_state(
    instance: Any, created: bool, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    """The state of a pledge was saved: bring its reward to where it belongs."""
    from plugins.crowdfunding.domain import rewards

    if not created and (update_fields is None or "state" in update_fields):
        rewards.follow(instance)
