"""What providers post to, at the root."""

from django.urls import path

from plugins.crowdfunding.views import webhooks

urlpatterns = [
    path("webhooks/crowdfunding/<slug:gateway>/<slug:account>/", webhooks.webhook, name="webhook"),
]
