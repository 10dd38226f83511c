"""The door for the web server."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.settings")
application = get_wsgi_application()

if not settings.REDIS_URL:  # in the demo alone: elsewhere Celery's beat keeps the clock
    from headway import periodic

    periodic.start()
