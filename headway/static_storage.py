"""Static files in production: hashed names, compressed, and the style sheets joined into one."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\);\n')


class JoinedStorage(CompressedManifestStaticFilesStorage):
    """Replaces each @import with the sheet itself, so a first visit fetches one file, not fifty."""

    def post_process(self, paths, dry_run=False, **options):
        if SHEET in paths and not dry_run:
            joined = IMPORT.sub(self._imported, self._text(SHEET))
            self.delete(SHEET)
            self.save(SHEET, ContentFile(joined.encode()))
            paths = {**paths, SHEET: (self, SHEET)}
        return super().post_process(paths, dry_run, **options)

    def _imported(self, match):
        return self._text(f"css/{match[1]}")

    def _text(self, name):
        with self.open(name) as file:
            return file.read().decode()
