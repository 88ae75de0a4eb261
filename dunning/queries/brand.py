"""Who writes to customers and how it looks: the brand's row, and the settings where it says nothing."""

from base64 import b64encode
from dataclasses import dataclass, replace
from email.utils import parseaddr

from django.conf import settings

from dunning.models import Brand
from dunning.rules.brand import Look

TALLEST = 48  # CSS pixels of the logo on a page or in a mail


@dataclass(frozen=True, slots=True)
class Branding:
    """`name` and `address` stand in every letter and on every page, `sender` beside the mail address.

    `edition` is "" while nobody has chosen anything.
    """

    name: str
    address: str
    sender: str
    look: Look
    edition: str = ""


def branding() -> Branding:
    """How customers see us now. One query, which leaves the picture where it is."""
    row = Brand.objects.defer("logo").first()
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    if row is None:
        return Branding(settings.COMPANY_NAME, settings.COMPANY_ADDRESS, sender, Look())
    logo = f"{settings.BASE_URL}/brand/{row.edition}.png" if row.logo_height else ""
    return Branding(
        row.sender_name or settings.COMPANY_NAME,
        row.footer or settings.COMPANY_ADDRESS,
        row.sender_name or sender,
        Look(row.accent, row.page, logo, _size(row)),
        row.edition,
    )


def logo_of_brand() -> bytes:
    """The logo as PNG; b"" for none. One query."""
    return bytes(Brand.objects.values_list("logo", flat=True).first() or b"")


def on_paper(look: Look) -> Look:
    """The look with the logo in it: a printer fetches nothing."""
    if not look.logo:
        return look
    return replace(look, logo=f"data:image/png;base64,{b64encode(logo_of_brand()).decode()}")


def _size(row: Brand) -> tuple[int, int]:
    if not row.logo_height:
        return 0, 0
    height = min(TALLEST, row.logo_height)
    return round(row.logo_width * height / row.logo_height), height
