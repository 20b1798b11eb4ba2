"""What we keep of allauth: signing out, reauthentication, the second factor. Signing in is ours."""

from allauth.account import views
from django.urls import include, path

urlpatterns = [
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("2fa/", include("allauth.mfa.urls")),
]
