"""Plan the removal of a second factor that its owner lost: `release_second_factor EMAIL`."""

from django.core.management.base import BaseCommand, CommandError

from accounts import second_factor
from accounts.models import User
from accounts.passwords import has_second_factor


class Command(BaseCommand):
    help = "Removes a lost second factor after 24 hours, and emails its owner now."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        if user is None or not has_second_factor(user):
            raise CommandError("Nobody with that email has a second factor.")
        second_factor.release(user)
        self.stdout.write(
            f"User {user.pk}: removed after {user.second_factor_release_at:%Y-%m-%d %H:%M} UTC, "
            "unless they sign in with it before then."
        )
