"""What is below all apps (settings, Celery) and above them (urls, the pages that span them)."""

from .celery import app as celery_app

__all__ = ["celery_app"]
