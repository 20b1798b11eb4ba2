"""An organisation's own keys at a provider: checked there before they are kept, sealed, changed, switched off."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from core.conf import instance
from core.journal import record
from core.models import Organisation, Person
from plugins.crowdfunding.domain import providers
from plugins.crowdfunding.gateways import hosted
from plugins.crowdfunding.gateways.base import Credentials, GatewayError, Refused, Unknown, Unreachable
from plugins.crowdfunding.models import GatewayAccount
from plugins.crowdfunding.verbs import PROVIDER_CHANGED

OFFERED = ("stripe",)
NOBODY = "cs_test_tiwizi_checks_whether_this_key_is_good"
"""A page no provider knows: asked for with a good key it is unknown, with a wrong one the answer is no."""
WRONG = frozenset(
    {
        "AuthenticationError",
        "PermissionError",
        "api_key_expired",
        "invalid_api_key",
        "platform_api_key_expired",
    }
)
SIGNS = 4


class WrongKeys(ValueError):
    """The provider does not accept the key."""


class InTestMode(ValueError):
    """Keys of the provider's test mode on a real site, without saying so."""


class LiveKeys(ValueError):
    """Keys that move money in a demonstration."""


@dataclass(frozen=True)
class Keys:
    """What somebody typed; an empty secret keeps the one there is."""

    secret: str = ""
    webhook_secret: str = ""
    account: str = ""

    @property
    def test(self) -> bool:
        """Whether the key is of the provider's test mode."""
        return "_test_" in self.secret[:10]


def in_use(organisation: Organisation, gateway: str = OFFERED[0]) -> GatewayAccount | None:
    """The organisation's own account at a provider, or None."""
    return GatewayAccount.objects.filter(organisation=organisation, gateway=gateway, enabled=True).first()


def has_webhook_secret(account: GatewayAccount) -> bool:
    """Whether what the provider sends can be verified."""
    return bool(providers.credentials(account).webhook_secret)


def check(keys: Keys, gateway: str = OFFERED[0]) -> None:
    """Ask the provider whether it accepts the key; raises WrongKeys, and Unreachable when nobody knows."""
    try:
        hosted(gateway).find(NOBODY, "", Credentials(keys.account, keys.secret, keys.webhook_secret))
    except Unknown:
        return
    except Unreachable as error:
        if str(error) in WRONG:
            raise WrongKeys(str(error)) from error
        raise
    except (Refused, GatewayError) as error:
        raise WrongKeys(str(error)) from error


def save(
    organisation: Organisation,
    keys: Keys,
    *,
    by: Person | None,
    allow_test: bool = False,
    gateway: str = OFFERED[0],
) -> GatewayAccount:
    """Keep keys that the provider accepts; another account at the provider is another row.

    Payments begun with the old account go on with its keys. Raises InTestMode, LiveKeys, WrongKeys, Unreachable.
    """
    known = in_use(organisation, gateway)
    if known is not None:
        keys = _completed(known, keys)
    if keys.test and not instance().demo and not allow_test:
        raise InTestMode
    if not keys.test and instance().demo:
        raise LiveKeys
    check(keys, gateway)
    return _written(organisation, keys, by=by, gateway=gateway)


def _completed(known: GatewayAccount, keys: Keys) -> Keys:
    """The typed keys, with what was left empty as it is."""
    before = providers.credentials(known)
    return Keys(
        keys.secret or before.secret,
        keys.webhook_secret or before.webhook_secret,
        keys.account or before.account,
    )


@transaction.atomic
def _written(organisation: Organisation, keys: Keys, *, by: Person | None, gateway: str) -> GatewayAccount:
    """The row with sealed keys, under a lock of the organisation: two savers follow each other."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    row = in_use(organisation, gateway)
    if row is not None and row.account and keys.account != row.account:
        GatewayAccount.objects.filter(pk=row.pk).update(enabled=False)
        row = None
    row = row or GatewayAccount(organisation=organisation, gateway=gateway)
    row.account, row.hint, row.test = keys.account, keys.secret[-SIGNS:], keys.test
    row.sealed = providers.sealed(keys.secret, keys.webhook_secret)
    row.checked_at = timezone.now()
    row.save()
    record(by, PROVIDER_CHANGED, organisation, organisation=organisation)
    return row


@transaction.atomic
def switch_off(organisation: Organisation, *, by: Person | None, gateway: str = OFFERED[0]) -> None:
    """Begin no more payments with the account; what was begun still comes to its end."""
    if GatewayAccount.objects.filter(organisation=organisation, gateway=gateway, enabled=True).update(
        enabled=False
    ):
        record(by, PROVIDER_CHANGED, organisation, organisation=organisation)
