"""`manage.py release_outbox`: after a restore, send the mail that waits, or drop it."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import outbox_hold
from accounts.models import Notification

LINE = "{:30} {:50} {:>10}  {}"
QUESTION = (
    'Type "send" to send these, "drop" to drop them, anything else to leave it all as it is: '
)


class Command(BaseCommand):
    help = "Shows the mail that a restored database owes by now, and sends or drops it."

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--send", action="store_true", help="send it, without asking")
        what.add_argument("--drop", action="store_true", help="drop it, without asking")

    def handle(self, *, send, drop, **options):
        if not outbox_hold.is_held():
            self.stdout.write("The outbox isn't held, so there's nothing to release.")
            return
        now = timezone.now()
        self.show(now)
        answer = "send" if send else "drop" if drop else input(QUESTION).strip().lower()
        if answer not in ("send", "drop"):
            self.stdout.write("Nothing was changed. The outbox is still held.")
            return
        outbox_hold.release(now, drop=answer == "drop")
        self.stdout.write("The outbox is released.")

    def show(self, now):
        """What would go out now, without addresses, and how much is due later."""
        waiting = outbox_hold.waiting(now).order_by("due_at", "pk")
        self.stdout.write(LINE.format("kind", "event", "user", "due"))
        for row in waiting.values("kind", "event", "recipient", "due_at").iterator():
            due = row["due_at"].strftime("%Y-%m-%d %H:%M UTC")
            self.stdout.write(LINE.format(row["kind"], row["event"], row["recipient"] or "-", due))
        pending = Notification.objects.filter(state=Notification.State.PENDING)
        later = pending.filter(due_at__gt=now).count()
        self.stdout.write(f"{waiting.count()} due by now. Another {later} go out when they're due.")
