"""How often something may happen: one table of counters, counted outside of transactions.

A window begins with the first time and ends on its own. Many tries at once count as many: one
statement adds to the counter and tells the count. People are counted alike, known or not.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from . import known_devices
from .access import address_block
from .models import Counter
from .refusals import Refused

TOO_MANY = "too_many"  # the code of a form's error
MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds

COUNT = f"""
INSERT INTO {Counter._meta.db_table} AS counter (key, count, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN counter.ends_at > %s THEN counter.count + 1 ELSE 1 END,
  ends_at = CASE WHEN counter.ends_at > %s THEN counter.ends_at ELSE excluded.ends_at END
RETURNING count, ends_at
"""  # noqa: S608 - the table's name is ours


class TooMany(Refused):
    """Too often in a short time; `seconds` until the window ends."""

    status = 429

    def __init__(self, seconds, hint=""):
        minutes = max(1, -(-seconds // MINUTE))
        wait = f"{-(-minutes // 60)} hours" if minutes > 90 else f"{minutes} minutes"
        wait = "a minute" if minutes == 1 else wait
        super().__init__(
            f"That’s too many tries in a short time. Wait {wait}, then try again.{hint}"
        )
        self.seconds = seconds

    def as_error(self):
        """As an error of a form, found again by its code."""
        return ValidationError(self.message, code=TOO_MANY)


@dataclass(frozen=True)
class Limit:
    """At most `allowed` times in a window of `seconds`; `hint` is another way for who waits."""

    name: str
    allowed: int
    seconds: int
    hint: str = ""

    def count(self, *who):
        """Count one more, and return how many that makes and when the window ends (epoch seconds).

        `who` says whose counter it is; only a keyed hash of it is stored.
        """
        now = int(time.time())
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(COUNT, [self._key(who), now + self.seconds, now, now])
            return cursor.fetchone()

    def charge(self, *who):
        """Count one more, as above; raise TooMany if that's more than allowed."""
        count, ends_at = self.count(*who)
        if count > self.allowed:
            raise TooMany(ends_at - int(time.time()), self.hint)
        return count, ends_at

    def give_back(self, *who):
        """Take one off: it turned out not to count."""
        counted = Counter.objects.filter(key=self._key(who), count__gt=0)
        counted.update(count=F("count") - 1)

    def _key(self, who):
        return salted_hmac(f"limit {self.name}", repr(who), algorithm="sha256").hexdigest()


LINK_SENT = " Or use the sign-in link in our last email to this address."
CODE_INSTEAD = " Or sign in with a code."

CODE_TRIES = Limit("tries of a code from a mail", 3, HOUR)  # a code lives for less
SECOND_FACTOR_TRIES = Limit("wrong second factors", 5, 10 * MINUTE)
USED_STEPS = Limit("an app's code that was accepted", 1, 5 * MINUTE)
CODES_BY_ADDRESS = Limit("sign-in codes from an address", 300, HOUR)  # a clinic shares one
CODES_BY_NETWORK = Limit("sign-in codes to an email from a network", 5, HOUR, LINK_SENT)
CODES_BY_DEVICE = Limit("sign-in codes to an email from a known device", 10, HOUR, LINK_SENT)
MAILS_AN_HOUR = Limit("mails to an email in an hour", 15, HOUR, LINK_SENT)
MAILS_A_DAY = Limit("mails to an email in a day", 40, DAY, LINK_SENT)
MAILED_BY_USER = Limit("mails to others by someone signed in", 20, HOUR)
MAILED_BY_ADDRESS = Limit("mails to others from an address", 60, HOUR)
PASSKEYS_BY_ADDRESS = Limit("passkeys from an address", 10, MINUTE)
PASSWORDS_BY_ADDRESS = Limit("passwords from an address", 30, MINUTE)
PASSWORDS_BY_NETWORK = Limit("wrong passwords from a network", 5, 5 * MINUTE, CODE_INSTEAD)
PASSWORDS_A_DAY = Limit("wrong passwords in a day", 50, DAY, CODE_INSTEAD)
PASSWORDS_BY_DEVICE = Limit("wrong passwords from a known device", 10, HOUR, CODE_INSTEAD)
HOLDS_BY_ADDRESS = Limit("held times from an address", 60, HOUR)
HOLDS_BY_USER = Limit("held times by someone signed in", 60, HOUR)
MESSAGES_A_MINUTE = Limit("messages in a minute", 30, MINUTE)
MESSAGES_AN_HOUR = Limit("messages in an hour", 300, HOUR)
DRAFTS_A_MINUTE = Limit("saved drafts in a minute", 60, MINUTE)
SCHEDULING = Limit("tries to schedule", 90, HOUR, " Or ask your client when they’re free.")


def sign_in_code(request, email):
    """Count a sign-in code to an email, or raise TooMany.

    A flood from elsewhere uses up nothing of a known device. The last code from a network or a
    device has a sign-in link, too.
    """
    if device := known_devices.device_of(request, email):
        _counted(request)[email] = _last(CODES_BY_DEVICE, device, email)
        return
    CODES_BY_ADDRESS.charge(address_block(request))
    of_network = _last(CODES_BY_NETWORK, email, address_block(request, ipv4=24, ipv6=48))
    _counted(request)[email] = _mail_to(email) or of_network


def mail_to_stranger(request, email):
    """Count a mail to an email that isn't proven to be the sender's, or raise TooMany.

    Counts once a request, and returns what `_mail_to` does.
    """
    counted = _counted(request)
    if email not in counted:
        if request.user.is_authenticated:
            sender, who = MAILED_BY_USER, request.user.pk
        else:
            sender, who = MAILED_BY_ADDRESS, address_block(request)
        sender.charge(who)
        try:
            counted[email] = _mail_to(email)
        except TooMany:
            sender.give_back(who)  # nothing was mailed
            raise
    return counted[email]


def _counted(request):
    """What this request has counted: by email, what `_mail_to` returned."""
    return request.__dict__.setdefault("counted_mails", {})


def _mail_to(email):
    """Count a mail that strangers can cause. If it's the last one for now, when that ends (UTC)."""
    of_hour = _last(MAILS_AN_HOUR, email)
    return _last(MAILS_A_DAY, email) or of_hour


def _last(limit, *who):
    """Count one more, or raise TooMany. If it's the last one for now, when that ends (UTC)."""
    count, ends_at = limit.charge(*who)
    return datetime.fromtimestamp(ends_at, UTC) if count == limit.allowed else None


def password_try(request, email):
    """Count a try of a password, or raise TooMany; a function that takes it back if it was right.

    A flood from elsewhere uses up nothing of a known device.
    """
    PASSWORDS_BY_ADDRESS.charge(address_block(request))
    network = address_block(request, ipv4=24, ipv6=48)
    if device := known_devices.device_of(request, email):
        counters = [(PASSWORDS_BY_DEVICE, (device, email))]
    else:
        counters = [(PASSWORDS_BY_NETWORK, (email, network)), (PASSWORDS_A_DAY, (email,))]
    for limit, who in counters:
        limit.charge(*who)

    def take_back():
        for limit, who in counters:
            limit.give_back(*who)

    return take_back
