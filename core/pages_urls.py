"""What core shows to people, under each language prefix."""

from django.urls import include, path

from core.views import demo_mail, home, organisations, pages, projects, share, territories

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("core.people_urls")),
    path("projects/", projects.project_list, name="projects"),
    path("projects/<uslug:slug>/", projects.project_detail, name="project"),
    path("projects/<uslug:slug>/journal/", projects.project_journal, name="project_journal"),
    path("share/<str:kind>/<str:key>/card.jpg", share.share_card, name="share_card"),
    path("territories/", territories.territory_list, name="territories"),
    path("territories/<str:code>/", territories.territory_detail, name="territory"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<slug:slug>/", organisations.organisation_detail, name="organisation"),
    path("announcements/feed/", pages.AnnouncementFeed(), name="announcement_feed"),
    path("events/<int:pk>/calendar.ics", pages.event_calendar, name="event_calendar"),
    path("demo/mail/", demo_mail.mailbox, name="demo_mail"),
]
