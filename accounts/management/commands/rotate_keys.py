"""`manage.py rotate_keys`: encrypt everything with the first key, so an older one can go."""

from django.core.management.base import BaseCommand, CommandError

from accounts import rotation


class Command(BaseCommand):
    help = (
        "Encrypts everything with the first of FIELD_KEYS. Stop it whenever you like, and rerun it."
    )

    def handle(self, **options):
        try:
            lost = [row for column in rotation.columns() for row in self.rotate(column)]
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to do the rest.", returncode=130) from None
        for row in lost:
            self.stderr.write(row)
        if lost:
            raise CommandError(f"No key decrypts these {len(lost)} values. They stay as they are.")

    def rotate(self, column):
        """Rotate one column, and say how far it is; the lost rows, as table and primary key."""
        count = rotation.Count()
        for count in rotation.rotate(column):
            self.stdout.write(f"{column}: {count.total} so far")
        self.stdout.write(
            f"{column}: {count.renewed} encrypted again, {count.current} had the first key, "
            f"{len(count.lost)} can’t be decrypted"
        )
        return [f"{column.table} {pk}" for pk in count.lost]
