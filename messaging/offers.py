"""The verbs of an offer: a provider offers times and takes them back; the client answers."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from booking.appointments import offers as held
from booking.appointments import rules, scheduling
from booking.locking import locked
from booking.models import Appointment
from booking.refusals import Refused

from . import drafts, notifications, writing
from .models import Message, Proposal, ProposedTime

PAIR = "message__conversation__relationship"
PEOPLE = (f"{PAIR}__client", f"{PAIR}__provider__user", "instead_of__provider", "appointment")
NONE_WORK = "None of these times work for me."


class OfferOver(Refused):
    """The offer was answered or taken back, or it ended, or its appointment changed."""

    status = 409

    def __init__(self, offer, now):
        super().__init__(f"{why_over(offer, now)} Nothing was changed.")


class NotOffered(Refused):
    """This time isn't one of the offer's."""

    def __init__(self):
        super().__init__("Choose one of the times in the offer.")


class AwayThen(Refused):
    """The provider has taken time off since they offered this time."""

    status = 409

    def __init__(self, provider):
        super().__init__(
            f"{provider.first_name} isn’t available then anymore, so nothing was booked. Choose "
            "another time, or say that none of these work."
        )


def why_over(offer, now):
    """One sentence, for either of the two."""
    match offer.outcome:
        case Proposal.Outcome.ACCEPTED:
            return "One of these times was already accepted."
        case Proposal.Outcome.REFUSED:
            return "This offer was already answered: none of these times worked."
        case Proposal.Outcome.WITHDRAWN:
            return "This offer was taken back."
    if offer.until <= now:
        return "This offer is over: the times aren’t held anymore."
    return "The appointment changed in the meantime, so this offer is over."


def offer(
    pair, *, by, uuid, place, minutes, starts, hours, words="", instead_of=None, sequence=None,
    anyway=False,
):  # fmt: skip
    """Offer one to five starts (aware) to the client and hold them for that many hours.

    Instead of an appointment, `sequence` is the one on the provider's page, and its earlier offer
    is taken back. A repeat returns the first one. Raises NotOnTheList, Stale, InThePast, NoRoom,
    or NeedsConfirmation for what the provider may offer `anyway`.
    """
    what = {"place": place, "minutes": minutes}
    with locked(pair.provider, pair.client) as (provider, now):
        drafts.own_turn(pair, by)
        made = Proposal.objects.for_user(by).filter(message__uuid=uuid).first()
        if made:
            return made
        rules.on_the_list(provider, pair.client)
        if instead_of:
            check_unchanged(instead_of, sequence, now)
            for earlier in Proposal.objects.open(now).filter(instead_of=instead_of):
                settle(earlier, Proposal.Outcome.WITHDRAWN)
        if not anyway:
            for each in starts:
                rules.check_warnings(
                    provider, pair.client, starts_at=each, now=now, moved=instead_of, **what
                )
        until = min(now + timedelta(hours=hours), max(starts))
        when = {"starts": starts, "until": until, "instead_of": instead_of}
        held.hold(provider, client=pair.client, offer=uuid, **when, **what)
        topic = Message.Topic.CHANGE if instead_of else Message.Topic.FOLLOW_UP
        made = Proposal.objects.create(
            message=writing.send(pair, by=by, uuid=uuid, body=words, topic=topic),
            instead_of=instead_of,
            sequence=sequence,
            kind=Appointment.Kind.at(place),
            until=until,
            **what,
        )
        made.times.bulk_create(ProposedTime(proposal=made, starts_at=each) for each in starts)
        notifications.notify_offer(made)
    return made


def accept(offer, *, by, start):
    """The client takes one of the times (epoch seconds): it's booked or moved, the rest is free.

    Accepted before, it returns what was booked then. Raises OfferOver, NotOffered, AwayThen, and
    what schedule and reschedule raise.
    """
    starts_at = datetime.fromtimestamp(start, UTC)
    with open_offer(offer, by=by, unless=Proposal.Outcome.ACCEPTED) as offer:
        if offer.outcome:
            return offer.appointment
        if not offer.times.filter(starts_at=starts_at).exists():
            raise NotOffered
        pair, uuid = pair_of(offer), offer.message.uuid
        ends_at = starts_at + timedelta(minutes=offer.minutes)
        if pair.provider.timeoff_set.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
            raise AwayThen(pair.provider)
        when = {"place": offer.place, "starts_at": starts_at, "minutes": offer.minutes}
        how = {"by": by, "offer": uuid, "anyway": True, **when}
        if offer.instead_of:
            made = scheduling.reschedule(offer.instead_of, sequence=offer.sequence, **how)
        else:
            made = scheduling.schedule(
                pair.provider, client=pair.client, kind=offer.kind, uuid=uuid, **how
            )
        offer.appointment = made
        settle(offer, Proposal.Outcome.ACCEPTED)
    return made


def refuse(offer, *, by, uuid, words=""):
    """The client says that none of the times work, in a message; a repeat changes nothing.

    A request to move is waiting for the provider again. Raises OfferOver.
    """
    with open_offer(offer, by=by, unless=Proposal.Outcome.REFUSED) as offer:
        if not offer.outcome:
            topic = offer.message.topic
            writing.send(pair_of(offer), by=by, uuid=uuid, body=words or NONE_WORK, topic=topic)
            settle(offer, Proposal.Outcome.REFUSED)


def take_back(offer, *, by):
    """The provider takes it back, and its times are free; a repeat changes nothing.

    Raises OfferOver.
    """
    with open_offer(offer, by=by, unless=Proposal.Outcome.WITHDRAWN) as offer:
        if not offer.outcome:
            settle(offer, Proposal.Outcome.WITHDRAWN)


@contextmanager
def open_offer(offer, *, by, unless):
    """A transaction that owns both people's time; yields the offer as it is now.

    Raises OfferOver if it isn't open, unless this very outcome is why.
    """
    pair = pair_of(offer)
    with locked(pair.provider, pair.client) as (_, now):
        drafts.own_turn(pair, by)
        fresh = Proposal.objects.select_related(*PEOPLE).get(pk=offer.pk)
        is_open = Proposal.objects.open(now).filter(pk=offer.pk).exists()
        if not is_open and fresh.outcome != unless:
            raise OfferOver(fresh, now)
        yield fresh


def check_unchanged(appointment, sequence, now):
    """Raise Stale if the page showed another sequence, Settled if it's too late to move it."""
    appointment.refresh_from_db()
    rules.check_movable(appointment, sequence=sequence, now=now)


def settle(offer, outcome):
    """Note how it ended, and free its times; pages that show it learn of that from `changes`."""
    offer.outcome, offer.settled_at = outcome, timezone.now()
    offer.save(update_fields=["outcome", "settled_at", "appointment"])
    held.release(pair_of(offer).provider, offer=offer.message.uuid)
    offer.message.conversation.note_change()


def pair_of(offer):
    return offer.message.conversation.relationship
