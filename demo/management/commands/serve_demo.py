"""`make run`: makes the demo's database, fills it once, says how to log in, and serves."""

import os
import socket
import sys

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from demo import database
from demo.named import CALLS, CLIENT, NEW, PASSWORD, SESSIONS, SUPPORT

LOG_INS = {
    NEW: "someone new",
    CLIENT: "a client with appointments",
    CALLS: "a provider who starts with a phone call",
    SESSIONS: "a provider who starts with a session",
    SUPPORT: "support staff",
}


class Command(BaseCommand):
    help = "Serves the demo on 127.0.0.1, port PORT or 8000. Needs DEMO=1."

    def handle(self, **options):
        port = free_port()
        try:
            self.fill()
        except OperationalError as error:
            raise CommandError(
                f"The demo can't use its database {connection.settings_dict['NAME']}: {error}. "
                "Is the disk full, or the folder read-only?"
            ) from None
        self.greet(f"http://127.0.0.1:{port}")
        serve(port)

    def fill(self):
        """Make the database if it isn't there, and bring it up to date."""
        database.drop_outdated(say=self.stdout.write)
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("seed_demo", providers=60, seed=7)

    def greet(self, address):
        self.stdout.write(f"\nHeadway's demo is at {self.style.SUCCESS(address + '/')}")
        self.stdout.write(f"Its email stays on this computer: {address}/demo/inbox/\n\n")
        self.stdout.write(f"Sign in at {address}/accounts/login/ with the password {PASSWORD} as")
        for email, who in LOG_INS.items():
            self.stdout.write(f"  {email:20} {who}")
        self.stdout.write("\nStop it with Ctrl-C.")
        self.stdout.flush()


def free_port():
    """PORT, or 8000. CommandError if it isn't a port, or another program is using it."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT={text} isn't a port. Try: PORT=8001 make run")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise CommandError(
                f"Can't use port {text} ({error.strerror}). Try: PORT={int(text) + 1} make run"
            ) from None
    return text


def serve(port):
    """Become the web server. It's one process, because SQLite's writers share a lock in it."""
    arguments = {
        "--interface": "wsgi",
        "--host": "127.0.0.1",
        "--port": port,
        "--workers": "1",
        "--blocking-threads": "8",
        "--log-level": "error",
    }
    words = [word for pair in arguments.items() for word in pair]
    command = [sys.executable, "-m", "granian", *words, "demo.wsgi:application"]
    os.execv(sys.executable, command)  # noqa: S606 (no shell, and every word is ours)
