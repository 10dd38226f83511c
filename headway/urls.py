"""The site's table of contents."""

from django.contrib import admin
from django.urls import include, path

from . import inbox, views

urlpatterns = [
    path("", views.start, name="start"),
    path("home/", views.home, name="home"),
    path("", include("providers.urls")),
    path("", include("booking.urls")),
    path("", include("messaging.urls")),
    path("", include("support.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("privacy/", views.page, {"name": "privacy"}, name="privacy"),
    path("terms/", views.page, {"name": "terms"}, name="terms"),
    path("accessibility/", views.page, {"name": "accessibility"}, name="accessibility"),
    path("demo/inbox/", inbox.inbox, name="demo-inbox"),
    path("demo/inbox/<str:name>/", inbox.mail, name="demo-mail"),
    path("demo/inbox/<str:name>/html/", inbox.mail_html, name="demo-mail-html"),
    path("demo/inbox/<str:name>/<int:number>/", inbox.mail_file, name="demo-mail-file"),
    path("robots.txt", views.robots),
    path("health/live", views.live),
    path("health/ready", views.ready),
]
handler400 = "headway.errors.bad_request"
handler404 = "headway.errors.not_found"
handler500 = "headway.errors.server_error"
