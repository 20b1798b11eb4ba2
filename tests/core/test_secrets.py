"""Secrets at rest: sealed for one purpose, readable across a change of keys, never by anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import secrets


@given(text=st.text(max_size=200))
def test_what_is_sealed_is_read_again_and_shows_nothing(text):
    sealed = secrets.seal(text, "trial")
    assert secrets.unseal(sealed, "trial") == text
    assert len(text) < 8 or text not in sealed


def test_two_seals_of_one_text_differ():
    assert secrets.seal("sk_live", "trial") != secrets.seal("sk_live", "trial")


def test_a_seal_opens_for_its_own_purpose_only():
    sealed = secrets.seal("sk_live", "card keys")
    with pytest.raises(secrets.SealBroken):
        secrets.unseal(sealed, "bank keys")


@pytest.mark.parametrize("wrong", ["", "nonsense", "gAAAAA==", "é"])
def test_what_we_did_not_seal_is_refused(wrong):
    with pytest.raises(secrets.SealBroken):
        secrets.unseal(wrong, "trial")


def test_an_altered_seal_is_refused():
    sealed = secrets.seal("sk_live", "trial")
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    with pytest.raises(secrets.SealBroken):
        secrets.unseal(changed, "trial")


def test_secrets_are_exchanged_without_losing_anything(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old-secret", []
    sealed = secrets.seal("sk_live", "trial")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new-secret", ["old-secret"]
    assert secrets.unseal(sealed, "trial") == "sk_live"
    renewed = secrets.reseal(sealed, "trial")
    settings.SECRET_KEY_FALLBACKS = []
    assert secrets.unseal(renewed, "trial") == "sk_live"
    with pytest.raises(secrets.SealBroken):
        secrets.unseal(sealed, "trial")
    with pytest.raises(secrets.SealBroken):
        secrets.reseal(sealed, "trial")


def test_a_secret_of_its_own_wins_over_the_key_of_the_site(settings):
    settings.FIELD_KEY_SECRET = "kept-outside-the-site"
    sealed = secrets.seal("sk_live", "trial")
    settings.FIELD_KEY_SECRET = ""
    with pytest.raises(secrets.SealBroken):
        secrets.unseal(sealed, "trial")
    settings.SECRET_KEY_FALLBACKS = ["kept-outside-the-site"]
    assert secrets.unseal(sealed, "trial") == "sk_live"
