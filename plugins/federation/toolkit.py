"""The ActivityPub toolkit, tamed: its models and key store stay, its network and its signal handlers do not.

Three things its own AppConfig does at start are undone or replaced here (see docs/decisions.md): it replaces the
process's global urllib opener, it lets JSON-LD contexts be fetched, and its handlers send and apply
activities on save. A handler that no longer exists under its name stops the start.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any

from activitypub.core.apps import ActivityPubConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import Signal

VERSION = "0.2.0"


class Toolkit(ActivityPubConfig):
    """The toolkit's app under its own name and label, started our way."""

    default = False

    def ready(self) -> None:
        """Start the toolkit, then take back what it took."""
        from plugins.federation import celery_shim
        from plugins.federation.domain import contexts

        opener = urllib.request._opener  # type: ignore[attr-defined]  # no public way to ask for it
        celery_shim.install()
        super().ready()
        urllib.request.install_opener(opener)
        contexts.keep_offline()
        configure(settings.INSTANCE.base_url)
        disconnect_handlers()


def configure(base_url: str) -> None:
    """Tell the toolkit who we are: one source of truth, the instance's own base URL."""
    from activitypub.core.settings import app_settings

    app_settings.Instance.default_url = base_url
    app_settings.Instance.open_registrations = False
    app_settings.NodeInfo.software_name = "tiwizi"


def handlers() -> list[tuple[Signal, Callable[..., Any], Any]]:
    """(signal, handler, sender) of everything the toolkit does by itself and we do otherwise."""
    from activitypub.core import handlers as stock
    from activitypub.core import signals
    from activitypub.core.models import BaseAs2ObjectContext, LinkedDataDocument, Notification, ObjectContext
    from activitypub.core.models.ap import FollowRequest
    from django.db.models.signals import post_save, pre_save

    return [
        (pre_save, stock.on_ap_object_create_define_related_collections, BaseAs2ObjectContext),
        (pre_save, stock.on_ap_object_create_define_related_collections, ObjectContext),
        (
            signals.reference_field_changed,
            stock.on_new_reply_add_to_replies_collection,
            BaseAs2ObjectContext.in_reply_to.through,
        ),
        (post_save, stock.on_follow_request_received_check_policies, FollowRequest),
        (post_save, stock.on_follow_request_created_post_activity, FollowRequest),
        (post_save, stock.on_notification_created_send_to_target, Notification),
        (signals.notification_accepted, stock.on_notification_accepted_process_standard_flows, Notification),
        (
            signals.document_loaded,
            stock.on_lemmy_activity_document_loaded_mark_unresolvable,
            LinkedDataDocument,
        ),
    ]


def disconnect_handlers() -> None:
    """Take the toolkit's handlers off their signals; raises ImproperlyConfigured when one was not on."""
    for signal, handler, sender in handlers():
        if not signal.disconnect(handler, sender=sender):
            raise ImproperlyConfigured(
                f"The toolkit's {handler.__name__} is not connected as in {VERSION}: read its handlers anew."
            )
