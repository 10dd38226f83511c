"""The verbs of a provider's saved replies: add, change, delete."""

from django.db import transaction

from booking.refusals import Refused
from providers.models import Provider

MOST = 30  # for one provider


class Full(Refused):
    """The provider has as many as there can be."""

    status = 409

    def __init__(self):
        super().__init__(f"You already have {MOST} saved replies. Delete one to add another.")


class NameTaken(Refused):
    """Another reply of the provider's has this name, in capitals or not."""

    status = 409

    def __init__(self):
        super().__init__("You already have a saved reply with this name. Choose another name.")


def add(provider, *, name, body):
    """Save a new reply; a second press finds the first. Raises Full or NameTaken."""
    with transaction.atomic():
        mine = own_turn(provider)
        if any((each.name, each.body) == (name, body) for each in mine.filter(name=name)):
            return
        check_name(name, mine)
        if mine.count() >= MOST:
            raise Full
        mine.create(name=name, body=body)


def change(reply, *, name, body):
    """Save another name and text; raises NameTaken."""
    with transaction.atomic():
        mine = own_turn(reply.provider)
        check_name(name, mine.exclude(pk=reply.pk))
        mine.filter(pk=reply.pk).update(name=name, body=body)


def own_turn(provider):
    """The provider's replies; their changes wait for each other."""
    return Provider.objects.select_for_update(no_key=True).get(pk=provider.pk).saved_replies


def check_name(name, others):
    if others.filter(name__iexact=name).exists():
        raise NameTaken
