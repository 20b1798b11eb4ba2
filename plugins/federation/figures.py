"""Numbers about other instances."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.contract import Figure
from core.models import Project
from plugins.federation.models import PeerLink


def linked(project: Project | None) -> int:
    """Other instances linked with this one; for a project, those that receive it."""
    links = PeerLink.objects.accepted().filter(is_instance=True)
    if project is not None:
        if project.is_remote or not project.is_public:
            return 0
        links = links.incoming()
    return links.values("host").distinct().count()


figures = [Figure("federation.instances", _("Linked instances"), linked)]
