"""Why an appointment can't be scheduled or changed: an error for each rule, with its message."""

from ..refusals import Refused


class TooManyChanges(Refused):
    """More changes to one appointment in a day than anyone needs; each one mails the client."""

    status = 429

    def __init__(self):
        super().__init__(
            "This appointment has been changed many times in a day. Wait a day before you change "
            "it again."
        )


class TooManyPlanned(Refused):
    """More new appointments with one client in a day than anyone needs."""

    status = 429

    def __init__(self):
        super().__init__(
            "You’ve scheduled many appointments with this person in a day, and we email them about "
            "each one. Wait a day before you schedule more."
        )


class TooLate(Refused):
    """A client can cancel only a first visit, and only before it starts (invariant 4)."""

    status = 409

    def __init__(self):
        super().__init__(
            "You can’t cancel this appointment here anymore. Please ask your provider."
        )


class NotOnTheList(Refused):
    """A provider schedules only with people on their client list."""

    status = 404

    def __init__(self):
        super().__init__("This person isn’t on your client list.")


class InThePast(Refused):
    """The time has already begun."""

    field = "starts"

    def __init__(self):
        super().__init__("This time has passed. Choose a later one.")


class NoRoom(Refused):
    """Another appointment or a hold is in the way. There is no "anyway" for that."""

    field = "starts"
    status = 409


class NeedsConfirmation(Refused):
    """Something a provider may do anyway once they've seen the `warnings`, which are sentences."""

    status = 409

    def __init__(self, warnings):
        super().__init__(" ".join(warnings))
        self.warnings = warnings


class TooEarly(Refused):
    """An outcome can be recorded only after the end."""

    status = 409

    def __init__(self):
        super().__init__("You can say how it went once it’s over.")


class Settled(Refused):
    """The appointment is canceled, or it's too late to correct its outcome."""

    status = 409

    def __init__(self):
        super().__init__("This appointment can’t be changed anymore.")
