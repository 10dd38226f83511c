"""The site for the demo's web server; without Redis it runs the schedule itself."""

from django.conf import settings

from headway.wsgi import application

from . import periodic

__all__ = ["application"]

if not settings.REDIS_URL:
    periodic.start()
