"""What people read and do in discussions, under ``/<lang>/forum/``."""

from django.urls import path

from plugins.forum.views import guests, lists, moderation, posts, replies, threads

urlpatterns = [
    path("", lists.index, name="index"),
    path("new/", replies.new_thread, name="new"),
    path("mine/", posts.mine, name="mine"),
    path("confirm/", guests.confirm, name="confirm"),
    path("confirm/again/", guests.resend, name="resend"),
    path("reply/<str:type>/<str:key>/", replies.reply, name="reply"),
    path("post/<slug:uid>/", threads.post_link, name="post"),
    path("post/<slug:uid>/edit/", posts.edit, name="edit"),
    path("post/<slug:uid>/delete/", posts.delete, name="delete"),
    path("post/<slug:uid>/history/", posts.history, name="history"),
    path("post/<slug:uid>/moderate/", moderation.moderate_post, name="moderate_post"),
    path("<int:pk>/level/", threads.level, name="level"),
    path("<int:pk>/moderate/", moderation.moderate_thread, name="moderate_thread"),
    path("<int:pk>-<uslug:slug>/", threads.thread_page, name="thread"),
]
