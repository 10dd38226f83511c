"""Static files the way production serves them."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


def test_the_style_sheets_are_joined_in_their_order(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "headway.static_storage.JoinedStorage"},
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    joined = (tmp_path / staticfiles_storage.stored_name("css/site.css")).read_text()
    assert "@import" not in joined
    assert "--green" in joined
    assert joined.index("--green") < joined.index(".button {") < joined.index(".start-hero {")
