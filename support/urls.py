"""Help articles, the contact form, and your own tickets."""

from django.urls import path

from . import views

app_name = "support"
urlpatterns = [
    path("help/", views.help_articles, name="help"),
    path("help/<slug:slug>/", views.article, name="article"),
    path("contact/", views.contact, name="contact"),
    path("contact/confirm/", views.confirm, name="confirm"),
    path("contact/code/", views.new_code, name="new_code"),
    path("contact/sent/", views.sent, name="sent"),
    path("contact/<uuid:uuid>/", views.ticket, name="ticket"),
]
