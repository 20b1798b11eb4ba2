"""What people do in core: sign in, propose, answer, report, follow, announce, keep their profile."""

from django.urls import path

from core.views import announcements, charter, codes, follows, moderation, notices, people, propose, sheets

urlpatterns = [
    path("account/login/", people.sign_in, name="account_login"),
    path("account/signup/", people.sign_up, name="account_signup"),
    path("account/", people.account, name="account"),
    path("account/notices/", people.notice_preferences, name="account_notices"),
    path("account/export/", people.export, name="account_export"),
    path("account/erase/", people.erase, name="account_erase"),
    path("code/<str:uid>/", codes.code, name="code"),
    path("code/<str:uid>/resend/", codes.resend, name="code_resend"),
    path("charter/", charter.charter_page, name="charter"),
    path("propose/", propose.propose, name="propose"),
    path("ideas/<str:uid>/", propose.idea, name="idea"),
    path("ideas/<str:uid>/edit/", propose.edit_idea, name="idea_edit"),
    path("ideas/<str:uid>/take-back/", propose.take_back, name="idea_take_back"),
    path("projects/<uslug:slug>/edit/", sheets.edit, name="project_edit"),
    path("projects/<uslug:slug>/needs/", sheets.needs, name="project_needs"),
    path("projects/<uslug:slug>/withdraw/", sheets.withdraw, name="project_withdraw"),
    path("projects/<uslug:slug>/put-back/", sheets.put_back, name="project_put_back"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/<int:pk>/", moderation.case_detail, name="moderation_case"),
    path("moderation/<int:pk>/restore/", moderation.restore, name="moderation_restore"),
    path("report/<str:subject_type>/<str:key>/", moderation.report, name="report"),
    path("follow/<str:subject_type>/<str:key>/", follows.follow, name="follow"),
    path("announcements/new/", announcements.announce, name="announce"),
    path("announcements/<int:pk>/remove/", announcements.remove, name="announcement_remove"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/read/", notices.mark_read, name="notices_read"),
    path("notices/stop/<str:token>/", notices.unsubscribe, name="unsubscribe"),
]
