"""Reading pages in tests: their queries, their forms, the codes they send."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation


def queries(client, url, number):
    """Assert the number of queries of a page, and give the answer; site-wide caches are warm."""
    client.get(url)
    with CaptureQueriesContext(connection) as found:
        response = client.get(url)
    assert response.status_code == 200
    assert len(found) <= number, "\n".join(query["sql"] for query in found.captured_queries)
    return response, len(found)


def reply_url(subject, language="fr"):
    with translation.override(language):
        return reverse("forum:reply", args=subject.ref)


def code_in(mail):
    return re.search(r"^\d{6}$", mail.body, re.MULTILINE).group()


def form_of(response):
    """The fields of the page's POST form, as a browser would send them."""
    form = BeautifulSoup(response.content, "html.parser").find("main").find("form", method="post")
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    fields |= {area["name"]: area.text.lstrip("\n") for area in form.find_all("textarea")}
    return fields
