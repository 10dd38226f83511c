"""The door for the web server."""

import os

import django
from django.conf import settings

from headway.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.settings")
django.setup(set_prefix=False)
application = Handler()

if not settings.REDIS_URL:  # in the demo alone: elsewhere Celery's beat keeps the clock
    from headway import periodic

    periodic.start()
