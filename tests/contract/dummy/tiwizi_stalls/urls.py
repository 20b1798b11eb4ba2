"""Mounted at /<lang>/stalls/."""

from django.urls import path

from tiwizi_stalls import views

urlpatterns = [path("", views.stall_list, name="list"), path("<str:uid>/", views.stall_detail, name="stall")]
