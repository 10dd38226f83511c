"""The site's table of contents."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from . import views

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
    path("robots.txt", views.robots),
    path("health/live", views.live),
    path("health/ready", views.ready),
]
if settings.DEMO:
    urlpatterns.append(path("", include("demo.urls")))
handler400 = "headway.errors.bad_request"
handler404 = "headway.errors.not_found"
handler500 = "headway.errors.server_error"
