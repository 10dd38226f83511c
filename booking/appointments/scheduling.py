"""The verbs that change time: each one transaction under one lock, as invariants 1 to 4 require."""

from datetime import timedelta

from ..availability.calendar import refresh_next_openings
from ..locking import locked
from ..models import Appointment, AppointmentEvent, Place
from . import notifications, rules
from .recording import insert, move_to, record, side_of
from .refusals import Settled, TooEarly


def schedule(
    provider, *, client, kind, place, starts_at, minutes, by, uuid, anyway=False, offer=None
):
    """Schedule a call or session with someone on the client list.

    A repeat with the same uuid returns the first one. `starts_at` is aware. `offer` is the uuid of
    the provider's offer that the client (`by`) accepts; it's over then, and frees its other times.
    Raises NotOnTheList, TooManyPlanned, InThePast, NoRoom, or NeedsConfirmation for what the
    provider may do `anyway`, such as outside their hours or without a license where the client is.
    """
    with locked(provider, client) as (provider, now):
        made = Appointment.objects.filter(uuid=uuid, client=client, provider=provider).first()
        if made:
            return made
        relationship = rules.on_the_list(provider, client)
        rules.check_planned(relationship, now=now)
        if offer:
            provider.hold_set.filter(offer=offer).delete()
        rules.check_room(provider, client, starts_at=starts_at, minutes=minutes, now=now, by=by)
        if not anyway:
            rules.check_warnings(
                provider, client, starts_at=starts_at, minutes=minutes, place=place, now=now
            )
        appointment = insert(
            relationship,
            uuid=uuid,
            kind=kind,
            place=place,
            starts_at=starts_at,
            minutes=minutes,
            client_state=client.state,
            voicemail_ok=last_word_on_voicemail(relationship) if place == Place.PHONE else None,
        )
        side = AppointmentEvent.Side.PROVIDER if offer else None
        what = AppointmentEvent.What.SCHEDULED
        event = record(appointment, what, by=by, at=now, requested_by=side)
        refresh_next_openings([provider], now=now)
        notifications.notify_scheduled(event, now=now)
    return appointment


def last_word_on_voicemail(relationship):
    """What the client said about voicemail for their latest call, or None if never asked."""
    answered = relationship.appointments.exclude(voicemail_ok=None).order_by("created_at")
    return answered.values_list("voicemail_ok", flat=True).last()


def reschedule(
    appointment,
    *,
    by,
    starts_at,
    minutes,
    place,
    sequence,
    requested_by=None,
    reason="",
    anyway=False,
    offer=None,
):
    """Move an appointment, for the provider or on the client's behalf (AppointmentEvent.Side).

    `sequence` is the one on the page; the same time and place again changes nothing. `offer` is as
    in `schedule`, and the provider counts as the one who asked. Every offer to move it is over now.
    Raises Stale, Settled if it's over, TooManyChanges, InThePast, NoRoom or NeedsConfirmation.
    """
    ends_at = starts_at + timedelta(minutes=minutes)
    new = {"starts_at": starts_at, "ends_at": ends_at, "place": place}
    with locked(appointment.provider, appointment.client) as (provider, now):
        appointment = Appointment.objects.select_related("client").get(pk=appointment.pk)
        old = {name: getattr(appointment, name) for name in new}
        if offer:
            requested_by = AppointmentEvent.Side.PROVIDER
            provider.hold_set.filter(offer=offer).delete()
        if appointment.is_scheduled and old == new:
            refresh_next_openings([provider], now=now)
            return appointment
        rules.check_movable(appointment, sequence=sequence, now=now)
        appointment.holds.all().delete()
        client, when = appointment.client, {"starts_at": starts_at, "minutes": minutes, "now": now}
        rules.check_room(provider, client, by=by, moved=appointment, **when)
        if not anyway:
            rules.check_warnings(provider, client, place=place, moved=appointment, **when)
        event = move_to(appointment, new, by=by, at=now, requested_by=requested_by, reason=reason)
        refresh_next_openings([provider], now=now)
        notifications.notify_moved(event, now=now)
    return appointment


def cancel(
    appointment,
    *,
    by,
    sequence=None,
    requested_by=None,
    reason="",
    waive_fee=False,
    asked_at=None,
):
    """Cancel an appointment; a repeat changes nothing. Frees the time and mails both people.

    A client can cancel a first visit before it starts (invariant 4). The provider can cancel what
    isn't over, `requested_by` themselves or the client (AppointmentEvent.Side), and may waive the
    fee of a late cancellation: late by when the client asked (`asked_at`, aware; by default now).
    `sequence`, if given, is the one on the person's page. Every offer to move the appointment is
    over now. Raises TooLate or Stale.
    """
    with locked(appointment.provider, appointment.client) as (provider, now):
        appointment = Appointment.objects.get(pk=appointment.pk)
        if appointment.is_canceled:
            return appointment
        rules.check_cancelable(appointment, provider, by=by, sequence=sequence, now=now)
        appointment.status = Appointment.Status.CANCELED
        appointment.sequence += 1
        appointment.save(update_fields=["status", "sequence"])
        appointment.holds.all().delete()
        requested_by = requested_by or side_of(by, appointment)
        for_client = requested_by == AppointmentEvent.Side.CLIENT
        late = for_client and appointment.is_late_to_cancel(asked_at or now)
        fee = {"late": late, "fee_waived": late and waive_fee}
        what = AppointmentEvent.What.CANCELED
        event = record(
            appointment, what, by=by, at=now, requested_by=requested_by, reason=reason, **fee
        )
        refresh_next_openings([provider], now=now)
        notifications.notify_canceled(event)
    return appointment


def waive_fee(appointment, *, by):
    """Waive the fee of a late cancellation and mail the client; a repeat changes nothing.

    Raises Settled if there's no late fee.
    """
    with locked(appointment.provider, appointment.client) as (_, now):
        appointment = Appointment.objects.get(pk=appointment.pk)
        fee = appointment.late_fee()
        if fee == "waived":
            return appointment
        if not fee:
            raise Settled
        what = AppointmentEvent.What.FEE_WAIVED
        event = record(appointment, what, by=by, at=now, fee_waived=True)
        notifications.notify_fee_waived(event)
    return appointment


def record_outcome(appointment, *, by, outcome):
    """Record how an appointment went after its end; it can be corrected for 48 hours.

    `outcome` is an Appointment.CallOutcome for a call, else Status.COMPLETED or NO_SHOW. Raises
    TooEarly before the end, Settled if it was canceled or can't be corrected now, TooManyChanges.
    """
    with locked(appointment.provider, appointment.client) as (_, now):
        appointment = Appointment.objects.get(pk=appointment.pk)
        known_at = appointment.outcome_known_at
        if appointment.is_canceled or (known_at and not appointment.may_correct(now)):
            raise Settled
        if now < appointment.ends_at:
            raise TooEarly
        status, call_outcome = read_outcome(appointment, outcome)
        if (appointment.status, appointment.call_outcome) == (status, call_outcome):
            return appointment
        rules.check_changes(appointment, now=now)
        appointment.status, appointment.call_outcome = status, call_outcome
        appointment.outcome_at = known_at or now
        appointment.save(update_fields=["status", "call_outcome", "outcome_at"])
        event = record(appointment, AppointmentEvent.What.OUTCOME, by=by, at=now, outcome=outcome)
        notifications.notify_outcome(event)
    return appointment


def read_outcome(appointment, outcome):
    """The (status, call outcome) that an outcome means."""
    status, call = Appointment.Status, Appointment.CallOutcome
    if appointment.is_call:
        missed = outcome == call.NOT_REACHED
        return (status.NO_SHOW if missed else status.COMPLETED), call(outcome)
    return status(outcome), ""


def set_link(appointment, *, by, link, instructions):
    """Give a virtual appointment its own link and instructions; empty means the usual ones.

    Raises Settled if it's canceled or has an outcome, and TooManyChanges.
    """
    with locked(appointment.provider, appointment.client) as (_, now):
        appointment = Appointment.objects.get(pk=appointment.pk)
        if not appointment.is_scheduled:
            raise Settled
        if (appointment.join_link, appointment.join_instructions) == (link, instructions):
            return appointment
        rules.check_changes(appointment, now=now)
        appointment.join_link, appointment.join_instructions = link, instructions
        appointment.save(update_fields=["join_link", "join_instructions"])
        event = record(appointment, AppointmentEvent.What.LINK_SET, by=by, at=now)
        notifications.notify_link_set(event, now=now)
    return appointment
