"""A number in an address can be anything: it's never an error of ours."""

from urllib.parse import quote

import pytest
from django.contrib import admin

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from booking.tests.steps import url_to_schedule
from messaging.tests.factories import write
from providers.tests.factories import ProviderFactory

ODD = (
    *("0000019999999999999999999", "9" * 19, "9223372036854775807", "9" * 40, "9" * 5000),
    *("-1", "-9223372036854775809", "²", "½", "１", "\u0661", "1_0", "1e9", "NaN", "", " ", "0"),
    *("0" * 5000 + "1", "99999-01-01", "2026-02-30", "2026-W99-1", "25:61", "24:00", "9999999999"),
)
SOME = ("0000019999999999999999999", "9" * 19, "9" * 5000, "-1", "²", "\u0661", "0")
QUERIES = {
    "/providers/": ("page",),
    "{book}": ("at", "week"),
    "/messages/{pair}/": ("before",),
    "/workspace/calendar/": ("week", "day"),
    "/workspace/clients/": ("date", "starts"),
    "{schedule}": ("date", "starts", "place"),
    "/workspace/availability/off/": ("day", "from", "to", "week", "back"),
    "/workspace/availability/openings/": ("day", "from", "to", "week", "back"),
    "/workspace/availability/why/": ("day", "clock"),
}
PATHS = (
    *("/admin/r/{odd}/{odd}/", "/admin/accounts/user/{odd}/history/", "/demo/inbox/a/{odd}/"),
    *("/accounts/2fa/webauthn/{odd}/edit/", "/accounts/password/reset/key/{odd}-{odd}/"),
    *("/accounts/password/reset/key/1y2p0ij32e8e7-x/", "/accounts/password/reset/key/zzzz-x/"),
)


@pytest.fixture
def pair(db, monday):
    pair = AppointmentFactory(provider=ProviderFactory(hours=True)).relationship
    write(pair, pair.client)
    return pair


@pytest.fixture
def staff(signed_in):
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


@pytest.mark.parametrize("path", QUERIES)
def test_an_odd_number_in_a_query_counts_as_none(path, pair, signed_in, visitor):
    person = visitor if path == "{book}" else signed_in(pair.provider.user)
    book, schedule = pair.provider.booking_url, url_to_schedule(pair)
    url = path.format(book=book, schedule=schedule, pair=pair.uuid)
    for name in QUERIES[path]:
        for odd in ODD:
            page = person.get(url, {name: odd})
            assert page.status_code in (200, 400), (name, odd[:40])
            assert page.status_code == 200 or path.endswith("/why/")


def test_the_number_in_the_middle_of_a_thread_still_works(pair, signed_in):
    first = pair.conversation.messages.get().pk
    page = signed_in(pair.client).get(f"/messages/{pair.uuid}/", {"before": first})
    assert "No messages yet" in page.text


@pytest.mark.parametrize("path", PATHS)
def test_an_odd_number_in_a_path_is_nobodys(path, staff):
    for odd in ODD:
        page = staff.get(path.format(odd=quote(odd, safe="")))
        assert page.status_code in (200, 302, 404), odd[:40]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_an_odd_number_in_the_admin_is_a_page_or_not_found(model, staff):
    shown = admin.site._registry[model]
    url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    names = ["p", "o", "e", "all", "_facets", "id__exact", "q"]
    filters = [each if isinstance(each, str) else each[0] for each in shown.list_filter]
    filters += [shown.date_hierarchy] * bool(shown.date_hierarchy)
    for name in filters:
        name = name if isinstance(name, str) else name.parameter_name
        endings = ("__exact", "", "__id__exact", "__gte", "__lt", "__year", "__month", "__day")
        names += [f"{name}{ending}" for ending in (*endings, "__isnull")]
    for odd in SOME:
        change = staff.get(f"{url}{quote(odd, safe='')}/change/")
        assert change.status_code in (200, 302, 404), odd[:40]
        for name in names:
            assert staff.get(url, {name: odd}).status_code in (200, 302, 400), (name, odd[:40])
