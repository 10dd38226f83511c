"""Why a first visit can't be booked: an error for each rule, with a message for the client."""

from accounts.states import State

from ..clock.formatting import format_day
from ..refusals import Refused, TimeTaken


class Closed(Refused):
    """This person can't book a first visit with this provider at any time."""

    status = 403


class NotOffered(TimeTaken):
    """The time was never available: outside the hours, too soon, too far ahead or off the grid."""

    def __init__(self):
        Refused.__init__(self, "That time isn’t available. Nothing is booked.")


class TooManyBookings(Refused):
    """More first visits in an hour than anyone needs."""

    status = 429

    def __init__(self):
        super().__init__(
            "You’ve booked many first visits in the past hour. Please wait an hour, or contact our "
            "support team."
        )


class ClientBusy(Refused):
    """The client has an appointment with someone else at that time."""

    status = 409

    def __init__(self):
        super().__init__("You already have an appointment at that time. Choose another time.")


class AlreadyAClient(Closed):
    """Invariant 2: the two have met, are going to meet, or no longer work together."""

    def __init__(self, relationship):
        name = relationship.provider.first_name
        if relationship.ended_at:
            message = f"You and {name} no longer work together, so you can’t book a first visit."
        else:
            message = f"This page is for first visits only. {name} schedules your follow-ups."
        super().__init__(message)
        self.relationship = relationship


class OwnPage(Closed):
    """A provider can't book with themselves."""

    def __init__(self):
        super().__init__("This is your own booking page. New clients book their first visit here.")


class NotAccepting(Closed):
    """The provider isn't taking new clients now."""

    def __init__(self, provider):
        name = provider.first_name
        words = f"{name} isn’t taking new clients right now."
        if back := provider.returns_on:
            words += f" {name} will be back on {format_day(back, provider.time_zone)}."
        super().__init__(words)


class TooYoung(Refused):
    """Invariant 3: a client who books is 18 or older."""

    field = "date_of_birth"

    def __init__(self):
        super().__init__(
            "You need to be 18 or older to book here. Please ask a parent or guardian to call the "
            "provider, or ask your school counselor or doctor to help you find someone."
        )


class NotLicensed(Refused):
    """Invariant 3: a license in the state where the client will be."""

    field = "client_state"

    def __init__(self, provider, state, licensed):
        name, states = provider.first_name, " or ".join(State(each).label for each in licensed)
        rule = f"You need to be in {states} during the visit."
        if not licensed:
            rule = f"{name} has no license that’s valid that day."
        super().__init__(f"{name} isn’t licensed in {State(state).label}. {rule}")
        self.state = state


class PlanNotTaken(Refused):
    field = "plan"

    def __init__(self, provider, plan):
        super().__init__(
            f"{provider.first_name} doesn’t take {plan}. You can pay yourself "
            f"(${provider.session_fee} a session), or find someone who takes your plan."
        )
        self.plan = plan


class NoTelehealth(Refused):
    """Invariant 3: a plan that covers telehealth, where a plan is used and the visit is virtual."""

    field = "plan"

    def __init__(self, plan):
        super().__init__(
            f"{plan} doesn’t cover virtual sessions. You can meet in person if that’s offered, or "
            "pay yourself."
        )
        self.plan = plan


class AskInstead(Refused):
    """Invariant 4: a client swaps a first visit until it starts, and here only until it's late."""

    status = 409

    def __init__(self, provider):
        super().__init__(
            f"You can’t move this appointment here anymore. Please ask {provider.first_name}."
        )


class TooManySwaps(Refused):
    """More moves of one appointment in a day than anyone needs; each one mails two people."""

    status = 429

    def __init__(self, provider):
        super().__init__(
            f"You’ve moved this appointment many times in a day. Wait a day, or ask "
            f"{provider.first_name}."
        )


class TooManyHolds(Refused):
    """SAFETY's limits on holds. Nobody stops here: they go on to the details without a hold."""

    def __init__(self):
        super().__init__(
            "Too many times are on hold right now, so we can’t hold yours. You can still book it."
        )


class HoldOver(Refused):
    """The hold is over, or was already extended once."""

    status = 409

    def __init__(self):
        super().__init__("We can’t hold this time any longer. It’s still yours if nobody takes it.")
