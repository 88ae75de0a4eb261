"""Changing how customers see us: colours that can be read, a logo that is only a picture."""

import io
import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from dunning.models import Brand
from dunning.rules.brand import NoColour, colour, remarks
from dunning.rules.card_numbers import has_card_number

BIGGEST_FILE = 1_000_000  # bytes, as uploaded
MOST_PIXELS = 4_000_000
WIDEST, TALLEST = 600, 160  # pixels, as kept
BIGGEST_LOGO = 30_000  # bytes, as kept: a whole page has room for 100,000


class BrandRefusal(ValueError):
    """It cannot be used as it is; `field` says which, the message what to do."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def checked(*, accent: str, page: str, sender_name: str, footer: str, logo: bytes | None) -> dict[str, Any]:
    """What would be kept; `logo` is a new PNG file, b"" takes the logo away, None leaves it as it is.

    Raises BrandRefusal for colours that cannot be read, a card number, or a logo that is no small PNG.
    """
    told: dict[str, Any] = {"accent": _colour("accent", accent), "page": _colour("page", page)}
    for remark in remarks(told["accent"], told["page"]):
        raise BrandRefusal(remark.field, str(remark))
    if has_card_number(footer) or has_card_number(sender_name):
        raise BrandRefusal("footer", "This looks like the number of a card. Leave it out.")
    if logo is not None:
        told |= _redrawn(logo) if logo else {"logo": b"", "logo_width": 0, "logo_height": 0}
    return told | {"sender_name": " ".join(sender_name.split()), "footer": footer.strip()}


@transaction.atomic
def keep(told: dict[str, Any], *, now: datetime, by: User | None) -> Brand:
    """Make what was `checked` the brand, from the next page, mail and letter on."""
    told = {**told, "edition": secrets.token_hex(8), "changed_at": now, "changed_by": by}
    return Brand.objects.update_or_create(pk=1, defaults=told)[0]


def _colour(field: str, text: str) -> str:
    try:
        return colour(text)
    except NoColour as trouble:
        raise BrandRefusal(field, str(trouble)) from trouble


def _redrawn(file: bytes) -> dict[str, Any]:
    """The picture drawn anew: whatever else was in the file is left behind."""
    if len(file) > BIGGEST_FILE:
        raise BrandRefusal("logo", "The file is larger than 1 MB. Make it smaller.")
    try:
        with Image.open(io.BytesIO(file), formats=["PNG"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BrandRefusal("logo", "The picture has more than 4 million pixels. Make it smaller.")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as trouble:
        if isinstance(trouble, BrandRefusal):
            raise
        raise BrandRefusal("logo", "This is no PNG picture. Save the logo as PNG.") from trouble
    picture.thumbnail((WIDEST, TALLEST))
    drawn = io.BytesIO()
    picture.save(drawn, "PNG", optimize=True)
    if drawn.tell() > BIGGEST_LOGO:
        raise BrandRefusal("logo", "The picture is too detailed: kept small it still takes over 30 kB.")
    return {"logo": drawn.getvalue(), "logo_width": picture.width, "logo_height": picture.height}
