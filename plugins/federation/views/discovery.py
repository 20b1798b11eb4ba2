"""How other servers find us: WebFinger, NodeInfo, host-meta."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from core.conf import absolute, instance
from core.models import Person
from plugins.federation.domain import actors
from plugins.federation.domain.actors import LocalActor
from plugins.federation.models import SharedObject

SCHEMA = "http://nodeinfo.diaspora.software/ns/schema"
VERSIONS = ("2.0", "2.1")
COUNTED_FOR = 600
"""Seconds for which the counts of NodeInfo are kept."""
_ACCOUNT = re.compile(r"acct:@?([^@/\s]+)@([^@/\s]+)")


def reply(document: dict[str, Any], content_type: str, *, status: int = 200) -> JsonResponse:
    """A document anyone may keep for a while."""
    response = JsonResponse(
        document, status=status, content_type=content_type, json_dumps_params={"ensure_ascii": False}
    )
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=COUNTED_FOR if status == 200 else 60)
    return response


def found_by(resource: str) -> LocalActor | None:
    """The actor behind an account or an address of ours."""
    match = _ACCOUNT.fullmatch(resource)
    if match is not None:
        here = {instance().domain.lower(), instance().domain.lower().split(":")[0]}
        return actors.by_handle(match[1].lower()) if match[2].lower() in here else None
    if resource.rstrip("/") == instance().base_url:
        return actors.instance_actor()
    return actors.local(resource)


@require_safe
def webfinger(request: HttpRequest) -> HttpResponse:
    """RFC 7033: which actor is meant by ``acct:tiznit@…`` or by an actor's address."""
    resource = request.GET.get("resource", "")
    kind = "application/jrd+json"
    if not resource or len(resource) > 500:
        return reply({"error": "Name a resource: acct:name@host or an actor's address."}, kind, status=400)
    found = found_by(resource)
    if found is None:
        return reply({"error": "Nobody of that name is here."}, kind, status=404)
    return reply(
        {
            "subject": f"acct:{found.handle}@{instance().domain}",
            "aliases": list(dict.fromkeys([found.uri, found.url])),
            "links": [
                {"rel": "self", "type": "application/activity+json", "href": found.uri},
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": found.url},
            ],
        },
        kind,
    )


@require_safe
def nodeinfo_links(request: HttpRequest) -> HttpResponse:
    """Where the NodeInfo documents stand."""
    links = [{"rel": f"{SCHEMA}/{version}", "href": absolute(f"/nodeinfo/{version}")} for version in VERSIONS]
    return reply({"links": links}, "application/json")


@require_safe
def nodeinfo(request: HttpRequest, version: str) -> HttpResponse:
    """What runs here and how much of it."""
    if version not in VERSIONS:
        return reply({"error": "Versions are 2.0 and 2.1."}, "application/json", status=404)
    counts = cache.get_or_set("federation:nodeinfo", count, COUNTED_FOR) or {}
    software = {"name": "tiwizi", "version": settings.SPECTACULAR_SETTINGS["VERSION"]}
    here = instance()
    return reply(
        {
            "version": version,
            "software": software,
            "protocols": ["activitypub"],
            "services": {"inbound": [], "outbound": []},
            "openRegistrations": True,
            "usage": counts,
            "metadata": {
                "nodeName": here.text(here.title, "fr"),
                "nodeDescription": here.text(here.tagline, "fr"),
                "langs": [code for code, _name in settings.LANGUAGES],
                "territory": here.territory,
                "actor": actors.instance_uri(),
            },
        },
        f'application/json; profile="{SCHEMA}/{version}#"',
    )


def count() -> dict[str, Any]:
    """People with an account and objects published here."""
    return {
        "users": {"total": Person.objects.filter(is_active=True).count()},
        "localPosts": SharedObject.objects.filter(withdrawn_at=None).count(),
    }


@require_safe
def host_meta(request: HttpRequest) -> HttpResponse:
    """RFC 6415, for those that look for WebFinger through it."""
    template = absolute("/.well-known/webfinger?resource={uri}")
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'<Link rel="lrdd" template="{template}"/>\n</XRD>\n'
    )
    response = HttpResponse(document, content_type="application/xrd+xml")
    patch_cache_control(response, public=True, max_age=COUNTED_FOR)
    return response
