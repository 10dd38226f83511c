"""What the web server calls."""

import os

import django
from django.core.signals import request_finished
from django.utils.module_loading import import_string

from headway.handler import Handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.settings")
django.setup(set_prefix=False)
application = Handler()
request_finished.connect(import_string("accounts.standby.after_answer"))
