"""Providers in the admin: what staff can enter, and what gets an error at the field."""

import io
import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from accounts.tests.factories import UserFactory
from accounts.tests.steps import UNREADABLE_DAYS, hidden_fields, written
from providers import portraits
from providers.models import Provider
from providers.tests.factories import (
    SpecialtyFactory,
    typed_profile,
)
from support.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
OUT_OF_RANGE = [
    ("call_minutes", 9),
    ("call_minutes", 31),
    ("session_minutes", 29),
    ("session_minutes", 91),
    ("horizon_days", 0),
    ("horizon_days", 366),
    ("horizon_days", 3660000),
    ("minimum_notice_hours", 337),
    ("buffer_minutes", 121),
    ("session_fee", 2001),
]


@pytest.fixture
def staff(signed_in):
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


def shown(staff, provider):
    """What the form of a page that was opened now would send."""
    return sent_by(staff.get(reverse("admin:providers_provider_change", args=[provider.pk])))


def sent_by(page):
    """What the form of a page would send."""
    sent, forms = {}, [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:  # none, for a team member
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            sent[field.html_name] = "" if value is None else value
    return sent | hidden_fields(page)


def send(staff, provider, sent):
    return staff.post(reverse("admin:providers_provider_change", args=[provider.pk]), sent)


def save(staff, provider, **changes):
    """Send the form the way the page shows it, with these changes."""
    return send(staff, provider, {**shown(staff, provider), **changes})


def errors(page):
    """The page's errors by field, including the license's."""
    formset = page.context["inline_admin_formsets"][0].formset
    return {
        **page.context["adminform"].form.errors,
        **{k: v for e in formset.errors for k, v in e.items()},
    }


def test_what_staff_correct_is_saved_in_normal_form(staff, dana):
    changes = {"headline": "  Zoe\u0308 🌿 ", "bio": "One.\r\n\r\nTwo.", "horizon_days": 365}
    assert save(staff, dana, **changes).status_code == 302
    dana.refresh_from_db()
    assert (dana.headline, dana.bio, dana.horizon_days) == ("Zoë 🌿", "One.\n\nTwo.", 365)


@pytest.mark.parametrize(("name", "value"), OUT_OF_RANGE)
def test_a_number_out_of_range_gets_an_error_at_the_field(staff, dana, visitor, name, value):
    assert name in errors(save(staff, dana, **{name: value}))
    assert visitor.get("/providers/").status_code == 200


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, value in OUT_OF_RANGE if value < 32768]
)
def test_the_database_has_the_last_word_on_numbers(dana, name, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        Provider.objects.update(**{name: value})


@pytest.mark.parametrize("hidden", ["\r\nX", "\u202e", "\x07"], ids=ascii)
@pytest.mark.parametrize(
    "name", ["name", "headline", "office_address", "late_cancellation", "licenses-0-number"]
)
def test_a_line_takes_nothing_that_cannot_be_seen(staff, dana, name, hidden):
    assert name.rpartition("-")[2] in errors(save(staff, dana, **{name: f"a{hidden}b"}))


@pytest.mark.parametrize("name", ["bio", "telehealth_instructions"])
def test_paragraphs_take_line_breaks_and_nothing_else_that_cannot_be_seen(staff, dana, name):
    assert name in errors(save(staff, dana, **{name: "a\u202eb"}))
    assert save(staff, dana, **{name: "a\nb"}).status_code == 302


@pytest.mark.parametrize(
    "link", ["http://video.example.com/", "ftp://video.example.com/", "https://a:b@video.example/"]
)
def test_the_link_to_the_video_room_is_https_without_a_password(staff, dana, link):
    assert "telehealth_link" in errors(save(staff, dana, telehealth_link=link))
    dana.refresh_from_db()
    assert dana.telehealth_link == "https://video.example.com/dana"


def test_the_admin_keeps_its_widgets(staff, dana):
    page = staff.get(reverse("admin:providers_provider_change", args=[dana.pk])).text
    for name, css in {
        "slug": "vTextField",
        "headline": "vTextField",
        "bio": "vLargeTextField",
        "telehealth_link": "vURLField",
        "licenses-0-number": "vTextField",
    }.items():
        assert re.search(f'name="{name}"[^>]* {css}"', page), name


# What the provider's own forms refuse


@pytest.mark.parametrize("phone", ["javascript:alert(1)", "+1", "0", "911"])
def test_a_phone_that_nobody_can_call_gets_an_error_at_the_field(staff, dana, phone):
    assert "phone" in errors(save(staff, dana, phone=phone))
    assert save(staff, dana, phone="916 555 0142").status_code == 302
    dana.refresh_from_db()
    assert dana.phone == "+19165550142"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-11-30", "2028-12-03"])
def test_a_day_of_return_is_ahead_and_within_two_years(monday, staff, dana, day):
    Provider.objects.update(accepting_new_clients=False)
    assert "returns_on" in errors(save(staff, dana, returns_on=day))
    assert save(staff, dana, returns_on="2027-01-04").status_code == 302
    dana.refresh_from_db()
    assert str(dana.returns_on) == "2027-01-04"


def test_a_day_of_return_is_for_a_pause(monday, staff, dana):
    assert "returns_on" in errors(save(staff, dana, returns_on="2027-01-04"))
    Provider.objects.update(accepting_new_clients=False, returns_on="2027-01-04")
    assert save(staff, dana, accepting_new_clients="on").status_code == 302
    dana.refresh_from_db()
    assert dana.returns_on is None


def test_an_office_has_all_its_lines(staff, dana):
    page = save(staff, dana, office_city="Oakland")
    assert {"office_address", "office_state"} <= errors(page).keys()
    office = {"office_address": "411 30th Street", "office_state": "CA"}
    assert save(staff, dana, office_city="Oakland", **office).status_code == 302
    Provider.objects.update(offers_in_person=True)
    nowhere = dict.fromkeys(["office_address", "office_city", "office_state"], "")
    assert "office_city" in errors(save(staff, dana, **nowhere))


@pytest.mark.parametrize("day", ["1999-12-31", "9999-12-31"])
def test_a_license_ends_in_a_year_that_can_be(staff, dana, day):
    assert "expires" in errors(save(staff, dana, **{"licenses-0-expires": day}))


def test_a_day_is_read_as_everywhere_and_shown_in_full(monday, staff, dana):
    Provider.objects.update(accepting_new_clients=False)
    names = ("returns_on", "licenses-0-expires")
    sent = shown(staff, dana)
    for typed in written(date(2026, 12, 24)):
        days = dict.fromkeys(names, typed)
        page = send(staff, dana, {**sent, **days, "session_fee": 2001})
        assert errors(page).keys() == {"session_fee"}, typed
        for name in names:
            assert f'name="{name}" value="2026-12-24"' in page.text
    for typed in UNREADABLE_DAYS:
        page = send(staff, dana, {**sent, **dict.fromkeys(names, typed)})
        assert {words for at in errors(page).values() for words in at} == {
            "Choose a day, like 12/24/2026."
        }
    assert send(staff, dana, {**sent, **dict.fromkeys(names, "12.24.26")}).status_code == 302
    dana.refresh_from_db()
    assert dana.returns_on == dana.licenses.get().expires == date(2026, 12, 24)


# What someone else changed in the meantime


def test_what_staff_left_alone_stays_as_it_is_by_now(staff, dana):
    sent = shown(staff, dana)
    Provider.objects.update(headline="Newer.", published=False, session_fee=200)
    sleep = SpecialtyFactory(name="Sleep")
    dana.specialties.add(sleep)
    dana.licenses.update(number="PSY 1")
    assert send(staff, dana, {**sent, "credentials": "MD"}).status_code == 302
    dana.refresh_from_db()
    assert (dana.headline, dana.published, dana.session_fee) == ("Newer.", False, 200)
    assert dana.credentials == "MD"
    assert sleep in dana.specialties.all()
    assert dana.licenses.get().number == "PSY 1"


def test_what_both_changed_is_told_and_typed_words_stay(staff, dana, signed_in):
    sent = shown(staff, dana) | {"headline": "Of staff.", "specialties": [], "name": "Dana W."}
    danas = signed_in(dana.user)
    terms = [SpecialtyFactory(name="Sleep").slug]
    newer = typed_profile(headline="Newer.", bio="Newer, too.", specialties=terms, plans=[])
    assert danas.post("/workspace/profile/", newer).status_code == 302
    page = send(staff, dana, sent)
    told = errors(page)
    assert told.keys() == {"headline", "specialties", "__all__"}
    assert "It’s now “Newer.”." in told["headline"][0]
    assert 'value="Of staff."' in page.text
    assert '<input type="hidden" name="initial-headline" value="Newer."' in page.text
    assert ">\nNewer, too.</textarea>" in page.text
    for _ in range(2):
        assert send(staff, dana, sent_by(page)).status_code == 302
    dana.refresh_from_db()
    assert (dana.headline, dana.bio, dana.name) == ("Of staff.", "Newer, too.", "Dana W.")
    assert not dana.specialties.exists()


def test_what_staff_set_is_newer_for_each_page_of_the_provider(staff, dana):
    save(staff, dana, buffer_minutes=10)
    dana.refresh_from_db()
    assert (dana.profile_version, dana.rules_version, dana.hours_version) == (1, 1, 0)
    save(staff, dana, time_zone="America/Denver")
    save(staff, dana)
    dana.refresh_from_db()
    assert (dana.profile_version, dana.rules_version, dana.hours_version) == (2, 2, 1)


def test_a_license_that_two_of_the_staff_changed_is_told_in_its_row(staff, dana):
    sent = shown(staff, dana)
    assert send(staff, dana, {**sent, "licenses-0-number": "PSY 1"}).status_code == 302
    page = send(staff, dana, {**sent, "licenses-0-number": "PSY 2"})
    assert errors(page).keys() == {"number", "__all__"}
    assert dana.licenses.get().number == "PSY 1"
    assert send(staff, dana, {**sent, "licenses-0-number": "PSY 1"}).status_code == 302
    assert send(staff, dana, sent_by(page)).status_code == 302
    assert dana.licenses.get().number == "PSY 2"


@pytest.mark.parametrize("key", ["x", "1.5", "\0", "9" * 40], ids=ascii)
@pytest.mark.parametrize("name", ["plans", "initial-plans", "licenses-0-id"])
def test_impossible_rows_get_an_error(staff, dana, name, key):
    assert save(staff, dana, **{name: key}).status_code in (200, 302)
    assert dana.plans.exists()


# A photo that isn't suitable


@pytest.fixture
def unfit(dana, settings, tmp_path, signed_in):
    """Dana, unpublished, with a photo that has to go."""
    settings.MEDIA_ROOT = str(tmp_path)
    Provider.objects.update(published=False)
    target = io.BytesIO()
    Image.new("RGB", (400, 480), "teal").save(target, "WEBP")
    return portraits.replace(dana, photo=target.getvalue())


@pytest.fixture
def member(signed_in):
    """Someone on the support team."""
    return signed_in(MemberFactory(email="ana@team.example"))


def test_support_sees_a_photo_and_removes_an_unfit_one(
    member, unfit, tmp_path, django_capture_on_commit_callbacks
):
    page = member.get(reverse("admin:providers_provider_change", args=[unfit.pk]))
    assert f'<img src="{unfit.portrait_url}"' in page.text
    assert member.get(unfit.portrait_url).status_code == 200
    assert save(member, unfit).status_code == 302
    unfit.refresh_from_db()
    assert unfit.portrait
    sent = shown(member, unfit) | {"remove_photo": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        send(member, unfit, sent)
    unfit.refresh_from_db()
    assert unfit.portrait_url == ""
    assert not list((tmp_path / "portraits").iterdir())
    logged = LogEntry.objects.latest("pk")
    assert logged.object_id == str(unfit.pk)
    assert "Remove this photo" in logged.get_change_message()
    page = member.get(reverse("admin:providers_provider_change", args=[unfit.pk]))
    assert "remove_photo" not in page.text
    assert send(member, unfit, sent).status_code == 302  # a second press


def test_nobody_else_sees_an_unpublished_photo(unfit, signed_in, visitor):
    for person in (visitor, signed_in(UserFactory()), signed_in(UserFactory(is_staff=True))):
        assert person.get(unfit.portrait_url).status_code != 200
