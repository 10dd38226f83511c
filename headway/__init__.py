"""The cellar (settings, Celery) and the street door (urls, the pages that span all apps)."""

from .celery import app as celery_app

__all__ = ["celery_app"]
