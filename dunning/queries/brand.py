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
    png: bytes = b""

    @property
    def on_paper(self) -> Look:
        """The look with the logo in it: a printer fetches nothing."""
        logo = f"data:image/png;base64,{b64encode(self.png).decode()}" if self.png else ""
        return replace(self.look, logo=logo)


def branding() -> Branding:
    """How customers see us now. One query."""
    row = Brand.objects.first()
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    if row is None:
        return Branding(settings.COMPANY_NAME, settings.COMPANY_ADDRESS, sender, Look())
    png = bytes(row.logo)
    return Branding(
        row.sender_name or settings.COMPANY_NAME,
        row.footer or settings.COMPANY_ADDRESS,
        row.sender_name or sender,
        Look(row.accent, row.page, f"{settings.BASE_URL}/brand/{row.edition}.png" if png else "", _size(row)),
        row.edition,
        png,
    )


def _size(row: Brand) -> tuple[int, int]:
    if not row.logo_height:
        return 0, 0
    height = min(TALLEST, row.logo_height)
    return round(row.logo_width * height / row.logo_height), height
