"""Why a first visit can't be had: each rule's error, with words for the new client."""

from accounts.states import State

from ..clock.formatting import format_day
from ..refusals import Refused, TimeTaken


class Closed(Refused):
    """A first visit with this provider is out of the question for this person."""

    status = 403


class NotOffered(TimeTaken):
    """The time was never to be had: outside of the hours, too soon, too late or off the grid."""

    def __init__(self):
        Refused.__init__(self, "That time isn’t offered. Nothing is booked.")


class TooManyBookings(Refused):
    """More first visits within an hour than anybody needs."""

    status = 429

    def __init__(self):
        super().__init__(
            "You have booked many first visits within an hour. Please wait an hour, or write to "
            "our support team."
        )


class ClientBusy(Refused):
    """The client has an appointment at that time, with somebody else."""

    status = 409

    def __init__(self):
        super().__init__("You already have an appointment at that time. Choose another time.")


class AlreadyAClient(Closed):
    """Invariant 2: the pair has met, is to meet, or has ended."""

    def __init__(self, relationship):
        name = relationship.provider.first_name
        if relationship.ended_at:
            message = (
                f"You and {name} have ended working together, so you can’t book a first visit."
            )
        else:
            message = (
                f"You are already with {name}. This page books first visits only; "
                f"{name} schedules what follows."
            )
        super().__init__(message)
        self.relationship = relationship


class OwnPage(Closed):
    """A provider can't book with themselves."""

    def __init__(self):
        super().__init__("This is your own booking page. Clients book their first visit with it.")


class NotAccepting(Closed):
    """The provider takes no new clients now."""

    def __init__(self, provider):
        words = f"{provider.first_name} is not taking new clients right now."
        if back := provider.returns_on:
            words += f" They are back on {format_day(back, provider.time_zone)}."
        super().__init__(words)


class TooYoung(Refused):
    """Invariant 3: a client who books is 18 or older."""

    field = "date_of_birth"

    def __init__(self):
        super().__init__(
            "You need to be 18 to book here yourself. Please ask a parent or guardian to call the "
            "provider, or your school counselor or doctor to help you find someone."
        )


class NotLicensed(Refused):
    """Invariant 3: a license in the state where the client will be."""

    field = "client_state"

    def __init__(self, provider, state, licensed):
        names = " or ".join(State(each).label for each in licensed) or "no state right now"
        super().__init__(
            f"{provider.first_name} isn’t licensed in {State(state).label}. The law goes by where "
            f"you are during the visit: {provider.first_name} may see people who are in {names}."
        )
        self.state = state


class PlanNotTaken(Refused):
    """The provider doesn't take the plan."""

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
            f"{plan} doesn’t cover virtual sessions. You can meet in person where that is offered, "
            "or pay yourself."
        )
        self.plan = plan


class TooManyHolds(Refused):
    """The caps of SAFETY on holds: three an address, and a share of the provider's open times."""

    status = 429

    def __init__(self):
        super().__init__(
            "Several times are being held from where you are. Sign in to hold one of your own, let "
            "one go, or wait ten minutes."
        )


class HoldOver(Refused):
    """The hold ended, or was extended once already."""

    status = 409

    def __init__(self):
        super().__init__("This time can’t be held any longer. It is still yours if it stays free.")
