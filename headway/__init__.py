"""What's below all apps (settings, Celery) and above them (urls, pages that span several apps)."""

from .celery import app as celery_app

__all__ = ["celery_app"]
