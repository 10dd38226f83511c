"""What every refusal is made of: a rule says no, with words for the person who meets it."""


class Refused(Exception):
    """A rule says no; `message` is for the reader, `field` the form field that it is about."""

    field = None
    status = 400
    others = ()  # what else stands in the way

    def __init__(self, message):
        super().__init__(message)
        self.message = message
