"""Why an appointment can't be scheduled or changed: each rule's error, in words for its reader."""

from ..refusals import Refused


class TooManyChanges(Refused):
    """More changes of one appointment within a day than anybody needs; each mails the client."""

    status = 429

    def __init__(self):
        super().__init__(
            "This appointment was changed many times within a day. Wait a day before you change it "
            "again."
        )


class TooManyPlanned(Refused):
    """More appointments with one client, made within a day, than anybody needs."""

    status = 429

    def __init__(self):
        super().__init__(
            "You scheduled many appointments with this person within a day, and each one mails "
            "them. Wait a day before you schedule more."
        )


class TooManyTries(Refused):
    """A provider tried more times within an hour than a busy week needs."""

    status = 429

    def __init__(self):
        super().__init__(
            "You tried many times within an hour. Nothing was changed. Wait a while, or ask your "
            "client in Messages when they can come."
        )


class TooLate(Refused):
    """A client cancels only what has not started, and only a first visit (invariant 4)."""

    status = 409

    def __init__(self):
        super().__init__(
            "This appointment can’t be canceled here any more. Please ask your provider."
        )


class NotOnTheList(Refused):
    """A provider schedules with people on their client list, and with nobody else."""

    status = 404

    def __init__(self):
        super().__init__("This person is not on your client list.")


class InThePast(Refused):
    """Nothing is scheduled for a time that has begun."""

    field = "starts"

    def __init__(self):
        super().__init__("This time has passed. Choose one that is still to come.")


class NoRoom(Refused):
    """Another appointment or a held time is in the way: never scheduled over."""

    field = "starts"
    status = 409


class NeedsConfirmation(Refused):
    """What a provider may do anyway, once they were told; `warnings` are sentences."""

    status = 409

    def __init__(self, warnings):
        super().__init__(" ".join(warnings))
        self.warnings = warnings


class TooEarly(Refused):
    """An outcome is written down after the end."""

    status = 409

    def __init__(self):
        super().__init__("You can write down how it went once it is over.")


class Settled(Refused):
    """The appointment is canceled, or its outcome is past correction."""

    status = 409

    def __init__(self):
        super().__init__("This appointment can’t be changed any more.")
