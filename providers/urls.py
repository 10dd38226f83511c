"""Addresses of the directory and the profiles, and of the page where a provider edits theirs."""

from django.urls import path

from .views import provider, public

app_name = "providers"
urlpatterns = [
    path("providers/", public.directory, name="directory"),
    path("providers/<slug:slug>/", public.profile, name="profile"),
    path("providers/<slug:slug>/portrait.webp", public.portrait, name="portrait"),
    path("workspace/profile/", provider.edit, name="edit"),
]
