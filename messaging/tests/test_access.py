"""Who can read a conversation: the two people, once something is booked (invariant 5)."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.tests.factories import UserFactory
from booking.models import Relationship
from booking.tests.factories import HoldFactory, RelationshipFactory
from messaging import access, writing
from messaging.models import Conversation, Message
from messaging.tests.factories import write
from messaging.tests.steps import others

HELLO = {"uuid": "4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11", "body": "Hello."}


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_to_everyone_else_it_is_not_there(pair, url, signed_in, method):
    write(pair, pair.client, body="I can’t sleep.")
    for who, user in others().items():
        person = signed_in(user)
        answer = getattr(person, method)(url, HELLO)
        assert answer.status_code == 404, who
        assert "sleep" not in person.get("/messages/").text
    assert Message.objects.count() == 1


def test_someone_signed_out_is_asked_to_sign_in_whether_it_exists_or_not(pair, url, visitor):
    for address in (url, "/messages/4a3f2b7e-93f5-4c57-8a54-0d1f7a3f8d11/", "/messages/"):
        answer = visitor.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/")


def test_without_anything_booked_it_is_not_there(signed_in, pair):
    stranger = RelationshipFactory()
    for user in (stranger.client, stranger.provider.user):
        assert signed_in(user).get(f"/messages/{stranger.uuid}/").status_code == 404


def test_a_held_time_opens_nothing(signed_in, db):
    hold = HoldFactory()
    assert "No messages yet" in signed_in(hold.user).get("/messages/").text
    assert not Relationship.objects.exists()


def test_an_accepted_invitation_opens_it(signed_in, monday, db):
    pair = RelationshipFactory(invitation_accepted_at=timezone.now())
    assert signed_in(pair.client).get(f"/messages/{pair.uuid}/").status_code == 200


def test_it_stays_open_after_a_cancellation(jordan, dana, pair, url):
    pair.appointments.update(status="canceled")
    assert jordan.get(url).status_code == dana.get(url).status_code == 200


def test_the_verb_itself_refuses_a_third_person(pair):
    with pytest.raises(writing.NotYours):
        write(pair, UserFactory())
    assert not Message.objects.exists()


def test_a_post_without_its_token_is_refused(pair, url):
    person = Client(enforce_csrf_checks=True)
    person.force_login(pair.client)
    assert person.post(url, HELLO).status_code == 403


def test_no_model_of_messaging_is_in_the_admin():
    assert not [
        m for m in apps.get_app_config("messaging").get_models() if admin.site.is_registered(m)
    ]


def test_conversations_are_found_by_index_and_not_among_everyones(db):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what a table holds")
    user = UserFactory()
    for found in (access.for_user(user), Conversation.objects.unread_by(user)):
        plan = found.explain()
        assert "SCAN booking_relationship" not in plan
        assert "SCAN messaging_conversation" not in plan
