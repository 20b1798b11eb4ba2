"""A stored card is removed at Stripe: asked as its library asks, whatever the answers."""

from __future__ import annotations

import pytest

from plugins.crowdfunding.gateways import base
from tests.crowdfunding.stripe_fake import routes
from tests.crowdfunding.stripe_fake.errors import impossible
from tests.crowdfunding.test_hosted_gateways import secured
from tests.crowdfunding.test_stripe_gateway import asked, rig

__all__ = ["rig"]  # a fixture


def test_a_card_is_taken_off_its_customer(rig):
    method = secured(rig).method
    rig.gateway.detach(method, rig.account)
    assert rig.books.objects[method.method]["customer"] is None
    (entry,) = asked(rig, f"/v1/payment_methods/{method.method}/detach")
    assert (entry["params"], entry["version"]) == ({}, "2026-10-28.endive")


@pytest.mark.parametrize("moment", ["before", "after", "rate", "drop"])
def test_a_card_is_removed_although_an_answer_was_lost(rig, moment):
    method = secured(rig).method
    rig.server.fake.faults.add(moment, "/v1/payment_methods", times=2)
    with pytest.raises(base.Unreachable):
        rig.gateway.detach(method, rig.account)
        rig.gateway.detach(method, rig.account)
    while rig.server.fake.faults.take("/v1/payment_methods"):
        pass
    rig.gateway.detach(method, rig.account)
    assert rig.books.objects[method.method]["customer"] is None


def test_a_refusal_to_remove_what_is_still_stored_is_told(rig, monkeypatch):
    """Only a method that really is off its customer counts as removed."""
    method = secured(rig).method
    monkeypatch.setattr(routes, "POSTS", [(r"/v1/payment_methods/.*", _refuse)])
    with pytest.raises(base.Refused):
        rig.gateway.detach(method, rig.account)


def _refuse(account, params):
    raise impossible("This payment method cannot be detached now.", "something_new")


@pytest.mark.parametrize("secret", ["", "sk_test_rolled"])
def test_wrong_keys_leave_it_for_later(rig, secret):
    method = secured(rig).method
    with pytest.raises(base.Unreachable):
        rig.gateway.detach(method, base.Credentials("", secret, ""))
    assert rig.books.objects[method.method]["customer"] == method.customer
