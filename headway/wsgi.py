"""What the web server calls."""

import os

import django

from headway.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.settings")
django.setup(set_prefix=False)
application = Handler()
