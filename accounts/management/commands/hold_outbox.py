"""`manage.py hold_outbox`: send no mail from this copy of the database until it's released."""

from django.core.management.base import BaseCommand

from accounts import outbox_hold


class Command(BaseCommand):
    help = "Holds all mail, for a copy that isn't noticed: of a disk, or of a whole server."

    def handle(self, **options):
        outbox_hold.hold()
        self.stdout.write("The outbox is held. To go on: manage.py release_outbox")
