"""A campaign in a small frame on other sites: no script, no cookie, nothing personal."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from core.conf import absolute
from plugins.crowdfunding.models import Campaign

HEIGHT = 330
WIDTH = 400
MINUTES = 5


def _campaign(slug: str) -> Campaign:
    return get_object_or_404(Campaign.objects.public().shown(), slug=slug)


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@require_safe
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """The campaign as other sites show it: title, bar, sums, a link that opens a page of its own."""
    campaign = _campaign(slug)
    context = {"campaign": campaign, "taking": campaign.takes_pledges()}
    response = render(request, "crowdfunding/embed.html", context)
    # It stands on other people's pages: it may be a few minutes old, and search engines read the campaign itself.
    response["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    response["X-Robots-Tag"] = "noindex"
    return response


@csp_update({"frame-src": [SELF]})
@require_safe
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """The line to copy into another site, with how it looks."""
    campaign = _campaign(slug)
    address = absolute(request.path.removesuffix("code/"))
    line = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border:0;max-width:100%"></iframe>',
        address, campaign.title, WIDTH, HEIGHT,
    )  # fmt: skip
    context = {
        "campaign": campaign,
        "code": line,
        "frame": urlsplit(address).path,
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, "crowdfunding/embed_code.html", context)
