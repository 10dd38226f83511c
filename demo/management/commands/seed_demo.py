"""`manage.py seed_demo --providers 60 --seed 7` fills the demo, or freshens its dates."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import directory, named


class Command(BaseCommand):
    help = "Fill the demo with made-up people; a later run moves its dates to today."

    def add_arguments(self, parser):
        parser.add_argument("--providers", type=int, default=60, help="how many (at least 2)")
        parser.add_argument("--seed", type=int, default=7, help="the same seed, the same directory")

    def handle(self, *, providers, seed, **options):
        if providers < 2:
            raise CommandError("The demo needs at least 2 providers.")
        directory.seed(providers=providers, seed=seed, now=timezone.now(), say=self.stdout.write)
        self.stdout.write(f"Sign in as {named.CLIENT} or the others with “{named.PASSWORD}”.")
