"""What people do in core: propose, moderate, follow, read their notices, keep their profile."""

from django.urls import path

from core.views import notices

urlpatterns = [
    path("notices/", notices.notice_list, name="notices"),
    path("notices/read/", notices.mark_read, name="notices_read"),
    path("notices/stop/<str:token>/", notices.unsubscribe, name="unsubscribe"),
]
