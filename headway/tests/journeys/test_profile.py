"""A provider edits their profile in a browser: a photo, a preview, and nothing typed is lost."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from demo.named import CALLS
from providers.models import Provider

from .steps import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HEADLINE = "Half a sentence"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A separate folder for the photos."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


def photo(side):
    """A square photo with sides of that many pixels, for a file input."""
    target = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(target, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_nothing_typed_is_lost_on_the_way_to_a_saved_profile(sign_in, script):
    page = sign_in(CALLS, java_script_enabled=script)
    page.goto("/workspace/profile/")
    headline = page.get_by_label("One sentence about who you help")
    headline.fill(HEADLINE)
    for side, message in ((30, "This photo is too small"), (300, "Your photo is on your profile.")):
        page.locator("[name=photo]").set_input_files(photo(side))
        page.get_by_role("button", name="Use this photo").click()
        expect(page.get_by_text(message).first).to_be_visible()
        expect(headline).to_have_value(HEADLINE)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dana Whitfield, PsyD")
    expect(page.get_by_text(HEADLINE)).to_be_visible()
    page.get_by_role("button", name="Keep editing").click()
    expect(headline).to_have_value(HEADLINE)
    dana = Provider.objects.get(user__email=CALLS)
    assert dana.portrait
    assert dana.headline != HEADLINE
    headline.press("Enter")
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    dana.refresh_from_db()
    assert dana.headline == HEADLINE
    assert dana.portrait


def test_leaving_with_something_unsaved_asks_first_even_after_a_preview(sign_in):
    page, asked = sign_in(CALLS), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/workspace/profile/")
    page.goto("/workspace/profile/")
    assert not asked
    page.get_by_label("One sentence about who you help").fill(HEADLINE)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    assert not asked
    page.get_by_role("link", name="Go to Today").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Dana Whitfield, PsyD")
    assert asked == ["beforeunload"]


def test_the_warning_about_an_empty_link_comes_while_typing_and_axe_finds_nothing(sign_in):
    page = sign_in(CALLS)
    page.goto("/workspace/profile/")
    warning = page.get_by_text("Without a usual link")
    expect(warning).to_be_hidden()
    page.get_by_label("Your usual link").fill("")
    expect(warning).to_be_visible()
    found = list(violations(page))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    found += violations(page)
    assert not found, "\n".join(found)
