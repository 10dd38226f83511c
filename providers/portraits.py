"""Portraits: a photo that somebody sent, made anew so that nothing but its picture is kept."""

import io

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from .models import Provider

FORMATS = ["JPEG", "PNG", "WEBP"]
MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
SIZE = (400, 480)
GROUND = "white"  # behind what is transparent
FACE = (0.5, 0.4)  # what is cut off goes more from below than from above: faces are high
UNREADABLE = "This is not a photo that we can read. Choose a JPEG, PNG or WebP."
CONTENT_TYPE = "image/webp"


class BadPhoto(Exception):
    """Not a photo that we take; `message` is for the reader."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


def made_anew(upload):
    """The WebP bytes of an uploaded photo, 400 × 480, without its metadata; or raise BadPhoto."""
    if upload.size > MAX_BYTES:
        raise BadPhoto("This photo is larger than 5 MB. Choose a smaller one.")
    try:
        with Image.open(upload, formats=FORMATS) as photo:
            if photo.width * photo.height > MAX_PIXELS:
                raise BadPhoto("This photo has more than 25 million pixels. Choose a smaller one.")
            # A large JPEG is read at a smaller scale, which saves time and memory.
            photo.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
            upright = ImageOps.exif_transpose(photo)
            picture = ImageOps.fit(upright.convert("RGBA"), SIZE, centering=FACE)
    except BadPhoto:
        raise
    except Exception as error:  # a damaged file makes decoders raise nearly anything
        raise BadPhoto(UNREADABLE) from error
    plain = Image.new("RGB", SIZE, GROUND)
    plain.paste(picture, mask=picture)
    target = io.BytesIO()
    plain.save(target, "WEBP", quality=82)
    return target.getvalue()


def replace(provider, *, photo):
    """Keep the WebP bytes as the provider's portrait, or None for none; the old file goes."""
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
