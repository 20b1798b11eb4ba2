"""The browser fixtures see what they are there to see."""

from __future__ import annotations

import pytest

from tests.factories import PersonFactory, ProjectFactory


def test_a_page_is_styled_and_clean_with_and_without_javascript(any_page, axe):
    """D11: reading needs no JavaScript."""
    project = ProjectFactory()
    any_page.goto("/fr/")
    assert any_page.locator("h1").count() == 1
    assert any_page.locator("h1").bounding_box()["width"] > 0
    any_page.goto(f"/fr/projects/{project.slug}/")
    axe(any_page)


def test_a_session_is_carried_into_the_browser(page, sign_in, site):
    from django.contrib.sessions.models import Session

    person = PersonFactory()
    sign_in(page, person)
    page.goto("/fr/")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    stored = Session.objects.get(session_key=cookies["session_tiznit"]).get_decoded()
    assert stored["_auth_user_id"] == str(person.pk)


def test_axe_reports_what_is_wrong(page, axe):
    page.goto("/fr/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_what_no_page_may_do_is_noticed(page, watch):
    page.goto("/fr/")
    page.evaluate("fetch('http://tiwizi.example/').catch(() => 0)")
    page.wait_for_timeout(200)
    assert any("tiwizi.example" in problem for problem in watch.problems)
    with pytest.raises(AssertionError):
        watch.check()
    watch.problems.clear()
