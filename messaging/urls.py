"""Addresses of the Messages portal, for clients and providers."""

from django.urls import path

from . import views

app_name = "messaging"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/news/", views.news, name="news"),
    path("messages/parts/", views.parts, name="parts"),
    path("messages/<uuid:uuid>/", views.conversation, name="conversation"),
    path("messages/<uuid:uuid>/draft/", views.draft, name="draft"),
    path("messages/<uuid:uuid>/news/", views.news, name="news"),
    path("messages/<uuid:uuid>/parts/", views.parts, name="parts"),
]
