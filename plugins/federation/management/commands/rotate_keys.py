"""New key pairs for our actors, or the stored ones sealed anew after SECRET_KEY changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from plugins.federation.domain import keys


class Command(BaseCommand):
    """``rotate_keys`` replaces all pairs, ``--actor URI`` one, ``--reseal`` only seals them with the current secret."""

    help = "Replace the key pairs of our actors, or seal the stored ones with the current secret (--reseal)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--actor", help="address of one local actor; all otherwise")
        parser.add_argument(
            "--reseal", action="store_true", help="keep the pairs, seal them with the current secret"
        )

    def handle(self, *args: Any, actor: str | None = None, reseal: bool = False, **options: Any) -> None:
        try:
            if reseal:
                self.stdout.write(f"{keys.reseal()} keys sealed with the current secret.")
                return
            known = keys.actors()
            if actor and actor not in known:
                raise CommandError(f"{actor} has no key here.")
            for uri in [actor] if actor else known:
                keys.rotate(uri)
                self.stdout.write(f"{uri} has a new key.")
        except keys.SealBroken as error:
            raise CommandError(str(error)) from error
