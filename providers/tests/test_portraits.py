"""Portraits: which photos we take, what we make of them, and where they show up."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.tests.factories import UserFactory
from booking.tests.factories import AppointmentFactory
from providers import portraits
from providers.models import Provider

URL = "/workspace/profile/"
ORIENTATION, MAKER = 0x0112, 0x010F


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A separate folder for each test's files."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path / "portraits"


def photo(form="JPEG", *, size=(900, 700), mode="RGB", color="teal", **options):
    """The bytes of a photo."""
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, form, **options)
    return target.getvalue()


def sent(content, name="me.jpg"):
    """A photo the way a browser sends it."""
    return {"photo": SimpleUploadedFile(name, content, content_type="image/jpeg")}


def alone(content, **kwargs):
    """The photo, sent with the button next to it."""
    return sent(content, **kwargs) | {"do": "photo"}


def picture(provider):
    """The stored portrait."""
    provider.refresh_from_db()
    return Image.open(io.BytesIO(Path(provider.portrait.path).read_bytes()))


@pytest.mark.parametrize(
    ("form", "mode", "color"),
    [
        ("JPEG", "RGB", "teal"),
        ("JPEG", "L", 90),
        ("JPEG", "CMYK", (200, 10, 10, 10)),
        ("PNG", "RGB", "teal"),
        ("PNG", "RGBA", (0, 128, 128, 90)),
        ("PNG", "P", 3),
        ("PNG", "LA", (90, 40)),
        ("WEBP", "RGB", "teal"),
    ],
)
def test_a_photo_becomes_webp_of_one_size(danas, dana, form, mode, color):
    page = danas.post(URL, alone(photo(form, mode=mode, color=color)), follow=True)
    assert "Your photo is on your profile." in page.text
    kept = picture(dana)
    assert (kept.format, kept.size, kept.mode) == ("WEBP", (400, 480), "RGB")
    assert f'src="{dana.portrait_url}"' in page.text


def test_what_a_camera_wrote_is_gone_and_the_photo_is_upright(danas, dana):
    upside = Image.new("RGB", (1000, 1200), "red")
    upside.paste("blue", (0, 0, 1000, 600))  # the top is blue, until the camera's tag turns it
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 3, "Secret Camera"
    target = io.BytesIO()
    upside.save(target, "JPEG", exif=exif)
    assert b"Secret Camera" in target.getvalue()
    danas.post(URL, alone(target.getvalue()))
    kept = picture(dana)
    red, _, blue = kept.getpixel((200, 20))
    assert red > 200
    assert blue < 50
    assert not kept.getexif()
    assert b"Secret" not in Path(dana.portrait.path).read_bytes()


def test_a_wide_photo_is_cut_and_not_squeezed(danas, dana):
    wide = Image.new("RGB", (2000, 600), "red")
    wide.paste("blue", (800, 0, 1200, 600))
    target = io.BytesIO()
    wide.save(target, "PNG")
    danas.post(URL, alone(target.getvalue()))
    kept = picture(dana)
    assert kept.getpixel((200, 240))[2] > 200
    assert kept.getpixel((5, 240))[0] > 200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG, PNG or WebP"),
        (b"<script>alert(1)</script>", "JPEG, PNG or WebP"),
        (photo("GIF", mode="P", color=1), "JPEG, PNG or WebP"),
        (photo("TIFF"), "JPEG, PNG or WebP"),
        (photo("BMP"), "JPEG, PNG or WebP"),
        (photo("PDF"), "JPEG, PNG or WebP"),
        (photo("JPEG")[:400], "JPEG, PNG or WebP"),
        (photo("PNG")[:-60], "JPEG, PNG or WebP"),
        (photo("PNG", size=(5001, 5000), mode="1", color=1), "25 million"),
        (photo("PNG", size=(14_000, 14_000), mode="1", color=1), "JPEG, PNG or WebP"),
        (photo("PNG") + b"\0" * (portraits.MAX_BYTES + 1), "larger than 5 MB"),
        (photo(size=(1, 1)), "too small"),
        (photo("PNG", size=(40, 30)), "too small"),
        (photo(size=(199, 400)), "at least 200 pixels"),
        (photo(size=(400, 199)), "at least 200 pixels"),
        (photo("PNG", size=(250, 20_000)), "so narrow"),
        (photo(size=(801, 200)), "so narrow"),
    ],
)
def test_anything_else_is_an_error_at_the_field(danas, dana, media, content, words):
    page = danas.post(URL, alone(content))
    assert page.status_code == 400
    assert 'id="id_photo_error"' in page.text
    assert words in " ".join(page.context["form"].errors["photo"])
    dana.refresh_from_db()
    assert not dana.portrait
    assert not media.exists()


def test_no_photo_at_all_gets_an_error_too(danas):
    page = danas.post(URL, {"do": "photo"})
    assert page.status_code == 400
    assert "Choose a photo first." in page.text


@pytest.mark.parametrize("size", [(200, 200), (200, 800), (800, 200)])
def test_the_smallest_photos_are_taken(danas, dana, size):
    danas.post(URL, alone(photo(size=size)))
    assert picture(dana).size == (400, 480)


def test_a_photo_of_five_megabytes_is_taken_and_more_than_sixteen_never_read(danas, dana):
    content = photo("PNG")
    danas.post(URL, alone(content + b"\0" * (portraits.MAX_BYTES - len(content))))
    assert picture(dana).size == (400, 480)
    answer = danas.post(URL, alone(content + b"\0" * (16 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "too large" in answer.text


def typed(**changes):
    """The words of a form, the photo aside; without credentials it can't be saved."""
    shown = {"initial-credentials": "PsyD"}
    return (
        shown | {"headline": "Half a sentence", "credentials": "", "first_visit": "call"} | changes
    )


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        (sent(photo()), 200, "Your photo is on your profile."),
        (sent(photo("GIF", mode="P", color=1)), 400, "JPEG, PNG or WebP"),
        (sent(photo() + b"\0" * 15 * 1024 * 1024), 400, "larger than 5 MB"),
        ({}, 400, "Choose a photo first."),
        ({"do": "no-photo"}, 200, "We removed your photo."),
    ],
    ids=["photo", "none that we read", "too heavy", "nothing", "remove"],
)
def test_a_photo_costs_nothing_that_was_typed(danas, dana, more, status, words):
    page = danas.post(URL, typed(do="photo") | more)
    assert page.status_code == status
    assert words in page.text
    assert "Half a sentence" in page.text
    assert set(page.context["form"].errors) <= {"photo"}
    dana.refresh_from_db()
    assert bool(dana.portrait) == (words == "Your photo is on your profile.")
    assert dana.headline == "For worry that won’t switch off."


def test_a_good_photo_is_kept_though_the_words_have_errors(danas, dana):
    page = danas.post(URL, typed() | sent(photo()))
    assert page.status_code == 400
    assert "The rest isn’t saved yet." in page.text
    assert "Half a sentence" in page.text
    dana.refresh_from_db()
    assert f'src="{dana.portrait_url}"' in page.text
    assert "credentials" in page.context["form"].errors


def test_words_and_photo_are_saved_together(danas, dana):
    words = typed(
        credentials="PsyD",
        session_fee="180",
        specialties=["anxiety"],
        client_groups=["adults"],
        languages=["english"],
        version=dana.profile_version,
    )
    page = danas.post(URL, words | sent(b"no photo"))
    assert page.status_code == 400
    dana.refresh_from_db()
    assert dana.headline != "Half a sentence"
    for more in ({"do": "preview"}, {"do": "preview", "session_fee": "lots"}):
        page = danas.post(URL, words | more | sent(photo()))
        assert "Choose it again before you save." in page.text
        dana.refresh_from_db()
        assert not dana.portrait
    page = danas.post(URL, words | sent(photo()), follow=True)
    assert page.redirect_chain
    dana.refresh_from_db()
    assert dana.headline == "Half a sentence"
    assert dana.portrait


def test_where_nothing_else_was_changed_nothing_is_said_of_it(danas, dana):
    fields = {
        field.html_name: "" if field.value() is None else field.value()
        for field in danas.get(URL).context["form"]
        if field.name != "photo"
    }
    fields["bio"] = fields["bio"].replace("\n", "\r\n")
    assert danas.post(URL, fields | alone(photo())).status_code == 302


def test_a_new_photo_takes_the_place_of_the_old_file(
    danas, dana, media, django_capture_on_commit_callbacks
):
    for color in ("red", "blue"):
        with django_capture_on_commit_callbacks(execute=True):
            danas.post(URL, alone(photo(color=color), name="../../etc/passwd"))
    (kept,) = media.iterdir()
    dana.refresh_from_db()
    assert Path(dana.portrait.path) == kept
    assert "passwd" not in kept.name
    with django_capture_on_commit_callbacks(execute=True):
        page = danas.post(URL, {"do": "no-photo"}, follow=True)
    assert page.redirect_chain == [(URL, 302)]
    assert not list(media.iterdir())
    dana.refresh_from_db()
    assert dana.portrait_url == ""


def test_everybody_may_see_it_and_keep_it_for_a_day(danas, dana, visitor):
    danas.post(URL, alone(photo()))
    dana.refresh_from_db()
    answer = visitor.get(dana.portrait_url)
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer.content[8:12] == b"WEBP"
    own = danas.get(dana.portrait_url)
    assert own["Cache-Control"] == "private, max-age=86400"


def test_a_new_photo_has_a_new_address(danas, dana):
    addresses = set()
    for _ in range(2):
        danas.post(URL, alone(photo()))
        dana.refresh_from_db()
        addresses.add(dana.portrait_url)
    assert len(addresses) == 2


def test_nobody_sees_a_portrait_that_is_unpublished_or_missing(danas, dana, visitor, media):
    url = "/providers/dana-whitfield/portrait.webp"
    assert visitor.get(url).status_code == 404
    danas.post(URL, alone(photo()))
    Provider.objects.update(published=False)
    assert visitor.get(url).status_code == 404
    own = danas.get(url)
    assert own.status_code == 200
    Provider.objects.update(published=True)
    for kept in media.iterdir():
        kept.unlink()
    assert visitor.get(url).status_code == 404
    assert visitor.get("/providers/nobody/portrait.webp").status_code == 404


def test_the_photo_is_wherever_the_initials_were(danas, dana, signed_in, visitor):
    danas.post(URL, alone(photo()))
    dana.refresh_from_db()
    image = f'<img src="{dana.portrait_url}"'
    jordan = UserFactory()
    visit = AppointmentFactory(provider=dana, client=jordan)
    jordans = signed_in(jordan)
    for person, url in (
        (visitor, "/providers/"),
        (visitor, dana.get_absolute_url()),
        (visitor, dana.booking_url),
        (jordans, "/appointments/"),
        (jordans, visit.get_absolute_url()),
    ):
        page = person.get(url)
        assert image in page.text, url
        assert ">DW</text>" not in page.text, url
