"""What people read and do about other instances, under ``/<lang>/federation/``."""

from django.urls import path

from plugins.federation.views import peers

urlpatterns = [
    path("peers/", peers.peer_list, name="peers"),
    path("peers/ask/", peers.ask, name="ask"),
    path("peers/<str:uid>/", peers.peer, name="peer"),
    path("peers/<str:uid>/<str:decision>/", peers.decide, name="decide"),
]
