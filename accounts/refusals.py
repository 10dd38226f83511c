"""What every refusal is made of: a rule says no, with words for the person who meets it."""


class Refused(Exception):
    """A rule says no; `message` is for the reader, `field` the form field that it is about."""

    field = None
    status = 400
    others = ()  # more refusals of the same request

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class Stale(Refused):
    """A page shows older data than what is stored, so nothing is saved.

    `what` begins the sentence, like "Your profile"; `now` says how it is now, where a page can.
    """

    status = 409

    def __init__(self, what, *, now="Check what it says now, and try again."):
        super().__init__(f"{what} changed after you opened this page, so nothing was saved. {now}")
