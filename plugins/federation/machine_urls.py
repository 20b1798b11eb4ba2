"""What other servers ask for, at the root: actors, objects, inboxes and discovery."""

from django.urls import path, re_path

from plugins.federation.views import actors, discovery, objects
from plugins.federation.views.inbox import inbox

ACTOR = r"^ap/(?P<kind>organisation|person)/(?P<uid>[0-9a-z]{26})"

urlpatterns = [
    path("", actors.root, name="root"),
    path("ns", objects.vocabulary, name="vocabulary"),
    path(".well-known/webfinger", discovery.webfinger, name="webfinger"),
    path(".well-known/nodeinfo", discovery.nodeinfo_links, name="nodeinfo_links"),
    path(".well-known/host-meta", discovery.host_meta, name="host_meta"),
    path("nodeinfo/<str:version>", discovery.nodeinfo, name="nodeinfo"),
    re_path(r"^ap/inbox/?$", inbox, name="shared_inbox"),
    re_path(r"^ap/instance/inbox/?$", inbox, name="instance_inbox"),
    re_path(ACTOR + r"/inbox/?$", inbox, name="actor_inbox"),
    path("ap/instance", actors.actor, name="instance"),
    path("ap/instance/outbox", actors.outbox_of, name="instance_outbox"),
    path("ap/instance/followers", actors.followers_of, name="instance_followers"),
    path("ap/instance/following", actors.following_of, name="instance_following"),
    re_path(ACTOR + r"$", actors.actor, name="actor"),
    re_path(ACTOR + r"/outbox$", actors.outbox_of, name="outbox"),
    re_path(ACTOR + r"/followers$", actors.followers_of, name="followers"),
    path("ap/activity/<slug:uid>", objects.activity, name="activity"),
    path("ap/object/<str:type>/<str:key>", objects.thing, name="object"),
    path("ap/object/<str:type>/<str:key>/proposal", objects.proposal, name="proposal"),
]
