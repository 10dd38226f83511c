"""A HEAD, and a page that a browser only fetches ahead, leave no trace."""

import pytest

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import url_of
from messaging.models import Conversation
from messaging.tests.factories import write
from providers.tests.factories import ProviderFactory
from support.tests.factories import TicketFactory

UNSEEN = {
    "head": ("head", {}),
    "prefetch": ("get", {"Sec-Purpose": "prefetch"}),
    "prerender": ("get", {"Sec-Purpose": "prefetch;prerender"}),
    "old prefetch": ("get", {"Purpose": "prefetch"}),
    "older prefetch": ("get", {"X-Moz": "Prefetch"}),
}


@pytest.fixture
def visit(db, monday):
    visit = AppointmentFactory(provider=ProviderFactory())
    write(visit.relationship, visit.client)
    return visit


@pytest.fixture(params=UNSEEN)
def look(request):
    """`look(person, url)` asks for the page without seeing it."""
    method, headers = UNSEEN[request.param]
    return lambda person, url: getattr(person, method)(url, headers=headers)


def pages(visit):
    pair = visit.relationship.uuid
    return [
        *(f"/messages/{pair}/", url_of(visit), f"/workspace/clients/{pair}/"),
        *("/workspace/", "/workspace/calendar/", "/workspace/clients/"),
    ]


def test_nothing_is_marked_as_read_or_goes_on_the_trail(visit, signed_in, look):
    dana = signed_in(visit.provider.user)
    for url in pages(visit):
        assert look(dana, url).status_code == 200
    assert not AccessEvent.objects.exists()
    assert Conversation.objects.get().provider_read_to == 0
    for number, url in enumerate(pages(visit), 1):
        dana.get(url)
        assert AccessEvent.objects.count() == number, url
    assert Conversation.objects.get().provider_read_to > 0


def test_nothing_goes_on_the_trail_of_the_admin(visit, signed_in, look):
    staff = signed_in(UserFactory(is_staff=True, is_superuser=True))
    ticket = TicketFactory(user=visit.client)
    for url in (
        f"/admin/accounts/user/{visit.client.pk}/change/",
        f"/admin/accounts/user/{visit.client.pk}/history/",
        f"/admin/support/ticket/{ticket.pk}/change/",
    ):
        look(staff, url)
        assert not AccessEvent.objects.exists(), url


def test_it_is_no_activity_of_a_session(visit, signed_in, look, monday):
    person = signed_in(visit.client)
    person.get("/account/")
    began = dict(person.session.items())
    monday.shift(59 * 60)
    look(person, "/account/")
    assert dict(person.session.items()) == began
    monday.shift(61)
    assert person.get("/account/").status_code == 302


def test_no_hold_or_visitor_comes_of_it(visit, visitor, look):
    look(visitor, visit.provider.booking_url)
    assert not visitor.cookies.get("sessionid")


def test_a_message_waits_for_a_page_that_is_seen(visit, signed_in, look):
    person = signed_in(visit.client)
    person.post("/account/", {"full_name": "Jo", "phone": "(916) 555-0142"})
    look(person, "/account/")
    assert "Your details are saved." in person.get("/account/").text
    assert "Your details are saved." not in person.get("/account/").text
