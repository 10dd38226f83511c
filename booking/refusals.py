"""The refusals that all wings know; what they are made of is in accounts/refusals.py."""

from accounts.refusals import Refused


class TimeTaken(Refused):
    """The time isn't free, or isn't free anymore."""

    status = 409

    def __init__(self):
        super().__init__("That time was just taken. Nothing is booked.")
