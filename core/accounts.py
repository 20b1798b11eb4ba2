"""What allauth asks of us: nobody signs up by another door, and its messages are ours."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """One door: the code by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: ``core.views.codes`` makes accounts, once an address is proven."""
        return False
