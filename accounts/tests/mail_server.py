"""A mail server for tests: real SMTP, on this computer."""

import socketserver
import threading
from email import message_from_bytes


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it gets in `taken`, and counts connections. A context manager.

    `answers` are replies to "MAIL FROM" by number of mail, from 1; the rest get 250. A reply of 421
    ends the connection. With `hangs`, it takes each mail, and then never answers the sender.
    """

    daemon_threads = True

    def __init__(self, answers=(), hangs=False):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.answers, self.hangs = dict(answers), hangs
        self.taken, self.connections, self.mails = [], 0, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *args):
        self.shutdown()
        super().__exit__(*args)

    @property
    def port(self):
        return self.server_address[1]

    def use(self, settings):
        """Have this process send its mail here."""
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = self.server_address
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = False


class Conversation(socketserver.StreamRequestHandler):
    """Just enough SMTP."""

    def handle(self):
        self.server.connections += 1
        self.say(b"220 hello")
        while line := self.rfile.readline().upper():
            if line.startswith(b"DATA"):
                self.say(b"354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(message_from_bytes(b"".join(lines)))
                if self.server.hangs:
                    self.rfile.read()  # until the sender is gone
                    return
            if line.startswith(b"MAIL"):
                self.server.mails += 1
                answer = self.server.answers.get(self.server.mails, b"250 fine")
                self.say(answer)
                if answer.startswith(b"421"):
                    return
            else:
                self.say(b"250 fine")

    def say(self, answer):
        self.wfile.write(answer + b"\r\n")
