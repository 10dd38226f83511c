"""Your details on the account page: shown, checked, and saved, only by you."""

import pytest

from accounts.models import AccessEvent
from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from providers.tests.factories import ProviderFactory

DETAILS = {
    "full_name": "Zoë Ellis",
    "preferred_name": "Zo",
    "pronouns": "they/them",
    "phone": "916.555.0199",
    "time_zone": "America/Phoenix",
    "state": "AZ",
}
KEPT = DETAILS | {"phone": "+19165550199"}


def of(user):
    user.refresh_from_db()
    return {name: getattr(user, name) for name in DETAILS}


def test_the_form_shows_what_we_know_and_the_phone_the_way_people_write_it(signed_in):
    page = signed_in(UserFactory(**KEPT)).get("/account/").text
    for value in ("Zoë Ellis", "Zo", "they/them", "(916) 555-0199"):
        assert f'value="{value}"' in page, value
    assert '<option value="America/Phoenix" selected>Mountain Time (Arizona)</option>' in page
    assert '<option value="AZ" selected>Arizona</option>' in page


@pytest.mark.parametrize("make", [UserFactory, lambda: ProviderFactory().user])
def test_clients_and_providers_change_their_details(signed_in, make):
    user = make()
    person = signed_in(user)
    saved = person.post("/account/", DETAILS, follow=True)
    assert saved.redirect_chain == [("/account/", 302)]
    assert "Your details are saved." in saved.text
    assert of(user) == KEPT
    assert not AccessEvent.objects.exists()  # it's their own record


def test_a_corrected_phone_is_what_the_provider_sees(signed_in):
    appointment = AppointmentFactory(client__phone="+19165550142")
    provider = signed_in(appointment.provider.user)
    client = signed_in(appointment.client)
    client.post("/account/", DETAILS)
    page = provider.get(f"/workspace/appointments/{appointment.uuid}/").text
    assert "(916) 555-0199" in page
    assert "555-0142" not in page


def test_the_empty_zone_follows_the_browser(signed_in):
    user = UserFactory(**KEPT)
    person = signed_in(user)
    assert '<option value="">Follow my browser</option>' in person.get("/account/").text
    person.post("/account/", DETAILS | {"time_zone": ""})
    assert of(user)["time_zone"] == ""
    person.cookies["zone"] = "America/Chicago"
    assert '<option value="" selected>Follow my browser</option>' in person.get("/account/").text


def test_a_zone_out_of_use_stays_until_another_is_chosen(signed_in):
    user = UserFactory(**KEPT | {"time_zone": "US/Pacific"})
    person = signed_in(user)
    assert (
        '<option value="US/Pacific" selected>Pacific Time</option>' in person.get("/account/").text
    )
    person.post("/account/", DETAILS | {"time_zone": "US/Pacific"})
    assert of(user)["time_zone"] == "US/Pacific"


@pytest.mark.parametrize(
    ("field", "wrong", "error"),
    [
        ("full_name", "", "Enter your name."),
        ("full_name", "Zoë\nEllis", "Keep this on one line."),
        ("preferred_name", "Z" * 61, "Use at most 60 characters."),
        ("pronouns", "\u202ethey", "invisible characters"),
        ("phone", "", "Enter a number where we can reach you."),
        ("phone", "555-0142", "Enter a phone number with its area code"),
        ("phone", "+0000000000", "Enter a phone number with its area code"),
        ("time_zone", "Mars/Olympus", "Choose a time zone from the list."),
        ("state", "ZZ", "Choose a state from the list."),
    ],
    ids=ascii,
)
def test_errors_are_at_the_field_and_nothing_is_saved(signed_in, field, wrong, error):
    user = UserFactory(full_name="Before", phone="+19165550142")
    before = of(user)
    page = signed_in(user).post("/account/", DETAILS | {field: wrong})
    assert page.status_code == 400
    assert error in page.text
    assert f'aria-describedby="id_{field}_' in page.text
    assert ">Before</a>" in page.text  # at the top of the page, too, nothing has changed
    assert of(user) == before


def test_people_who_never_gave_a_name_or_a_number_do_not_have_to(signed_in):
    user = UserFactory(full_name="", phone="")
    signed_in(user).post("/account/", DETAILS | {"full_name": "", "phone": ""})
    assert of(user) == KEPT | {"full_name": "", "phone": ""}


def test_nothing_but_the_details_and_nobody_else_is_changed(signed_in):
    user, other = UserFactory(email="ada@mail.example"), UserFactory()
    untouched = of(other)
    more = {"email": "x@y.example", "is_staff": "on", "pk": other.pk, "date_of_birth": "1990-01-01"}
    signed_in(user).post("/account/", DETAILS | more)
    user.refresh_from_db()
    assert (user.email, user.is_staff, user.date_of_birth) == ("ada@mail.example", False, None)
    assert of(other) == untouched


def test_someone_signed_out_changes_nothing(visitor, db):
    assert visitor.post("/account/", DETAILS).url.startswith("/accounts/login/code/")
