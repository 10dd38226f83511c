"""Portraits: we redraw each uploaded photo, so we keep only its picture."""

import io

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from .models import Provider

FORMATS = ["JPEG", "PNG", "WEBP"]
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
MIN_SIDE = 200  # pixels: less would be a blur
MAX_RATIO = 4  # longer side to shorter side: beyond that, nearly all of it would be cropped
SIZE = (400, 480)
GROUND = "white"  # behind transparent parts
FACE = (0.5, 0.4)  # crops more from the bottom than from the top, because faces are high up
UNREADABLE = "We can’t read this photo. Choose a JPEG, PNG or WebP."
CONTENT_TYPE = "image/webp"


TOO_HEAVY = "This photo is larger than 5 MB. Choose a smaller one."
TOO_LARGE = "This photo has more than 25 million pixels. Choose a smaller one."
TOO_SMALL = (
    f"This photo is too small to look sharp. Choose one at least {MIN_SIDE} pixels on each side."
)
TOO_NARROW = (
    "This photo is so narrow that most of it would get cut off. Crop it closer to a square, or "
    "choose another one."
)


class BadPhoto(Exception):
    """A photo we can't take; `message` is for the reader."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


def made_anew(upload):
    """The WebP bytes of an uploaded photo, 400 × 480, without its metadata; or raise BadPhoto."""
    if upload.size > MAX_BYTES:
        raise BadPhoto(TOO_HEAVY)
    try:
        with Image.open(upload, formats=FORMATS) as photo:
            check_size(*photo.size)
            # Read a large JPEG at a smaller scale, to save time and memory.
            photo.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
            upright = ImageOps.exif_transpose(photo)
            picture = ImageOps.fit(upright.convert("RGBA"), SIZE, centering=FACE)
    except BadPhoto:
        raise
    except Exception as error:  # with a damaged file, decoders raise nearly anything
        raise BadPhoto(UNREADABLE) from error
    plain = Image.new("RGB", SIZE, GROUND)
    plain.paste(picture, mask=picture)
    target = io.BytesIO()
    plain.save(target, "WEBP", quality=82)
    return target.getvalue()


def check_size(width, height):
    """Raise BadPhoto if the sides, in pixels, don't make a portrait, whichever way it's turned."""
    if width * height > MAX_PIXELS:
        raise BadPhoto(TOO_LARGE)
    if min(width, height) < MIN_SIDE:
        raise BadPhoto(TOO_SMALL)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise BadPhoto(TOO_NARROW)


def replace(provider, *, photo):
    """Store the WebP bytes as the provider's portrait, or None for none; delete the old file."""
    with transaction.atomic():
        provider = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk)
        old = provider.portrait.name
        if photo:
            provider.portrait.save("portrait.webp", ContentFile(photo), save=False)
        else:
            provider.portrait = ""
        provider.save(update_fields=["portrait"])
        if old:
            storage = provider.portrait.storage
            transaction.on_commit(lambda: storage.delete(old), robust=True)
    return provider
