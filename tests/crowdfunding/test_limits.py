"""Limits on promises count readers, not the proxy before us."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

from plugins.crowdfunding.views.limits import too_many


def asked(group, **meta):
    return too_many(RequestFactory().post("/", **meta), group)


@override_settings(CLIENT_ADDRESS_HEADER="HTTP_X_REAL_IP")
def test_readers_behind_a_proxy_are_counted_apart():
    for _ in range(40):
        assert not asked("pledge", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="192.0.2.1")
    assert asked("pledge", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="192.0.2.1")
    assert not asked("pledge", REMOTE_ADDR="127.0.0.1", HTTP_X_REAL_IP="192.0.2.2")


@pytest.mark.parametrize("strange", ["", "unix:", "not an address"])
def test_a_strange_address_is_no_error(strange):
    assert not asked("pledge", REMOTE_ADDR=strange)
