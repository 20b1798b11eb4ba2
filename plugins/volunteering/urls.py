"""Pages of volunteering, under ``/<language>/volunteering/``."""

from django.urls import path

from plugins.volunteering.views import actions, answers, applications, apply, desk, manage, missions

urlpatterns = [
    path("", missions.mission_list, name="missions"),
    path("missions/<uslug:slug>/", missions.mission_detail, name="mission"),
    path("missions/<uslug:slug>/apply/", apply.apply, name="apply"),
    path("missions/<uslug:slug>/applied/", apply.applied, name="applied"),
    path("missions/<uslug:slug>/edit/", manage.edit, name="edit"),
    path("missions/<uslug:slug>/move/", manage.move, name="move"),
    path("new/<uslug:slug>/", manage.new, name="new"),
    path("applications/", applications.mine, name="mine"),
    path("applications/<slug:uid>/", applications.application, name="application"),
    path("applications/<slug:uid>/do/<slug:name>/", actions.act, name="act"),
    path("applications/<slug:uid>/do/<slug:name>/<int:row>/", actions.act, name="act_on"),
    path("applications/<slug:uid>/key/<str:token>/", applications.application, name="private"),
    path("applications/<slug:uid>/key/<str:token>/do/<slug:name>/", actions.act, name="private_act"),
    path(
        "applications/<slug:uid>/key/<str:token>/do/<slug:name>/<int:row>/",
        actions.act,
        name="private_act_on",
    ),
    path("answer/<str:token>/", answers.answer, name="answer"),
    path("desk/", desk.desks, name="desks"),
    path("desk/<slug:slug>/", desk.desk, name="desk"),
    path("stalled/", desk.stalled, name="stalled"),
]
