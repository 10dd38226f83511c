"""Addresses of the Messages portal, for clients and providers."""

from django.urls import path

from . import views, views_offers, views_requests, views_settings

app_name = "messaging"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/news/", views.news, name="news"),
    path("messages/parts/", views.parts, name="parts"),
    path("messages/settings/", views_settings.settings, name="settings"),
    path("messages/settings/replies/<uuid:uuid>/", views_settings.reply, name="saved_reply"),
    path("messages/<uuid:uuid>/", views.conversation, name="conversation"),
    path("messages/<uuid:uuid>/draft/", views.draft, name="draft"),
    path("messages/<uuid:uuid>/news/", views.news, name="news"),
    path("messages/<uuid:uuid>/parts/", views.parts, name="parts"),
    path("messages/<uuid:uuid>/ask/", views_requests.ask, name="ask"),
    path("messages/<uuid:uuid>/suggest/", views_offers.suggest, name="suggest"),
    path("messages/offers/<uuid:uuid>/accept/", views_offers.accept, name="accept"),
    path("messages/offers/<uuid:uuid>/refuse/", views_offers.refuse, name="refuse"),
    path("messages/offers/<uuid:uuid>/take-back/", views_offers.take_back, name="take_back"),
    path("messages/requests/<uuid:uuid>/withdraw/", views_requests.withdraw, name="withdraw"),
    path("messages/requests/<uuid:uuid>/move/", views_requests.move, name="grant_move"),
    path("messages/requests/<uuid:uuid>/cancel/", views_requests.cancel, name="grant_cancel"),
    path("messages/requests/<uuid:uuid>/decline/", views_requests.decline, name="decline"),
]
