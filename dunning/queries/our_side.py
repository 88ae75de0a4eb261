"""Who writes: our name, postal address and e-mail address, as letters, pages and scripts show them."""

from email.utils import parseaddr
from typing import TypedDict

from django.conf import settings

from dunning.queries.brand import Branding, branding


class OurSide(TypedDict):
    """As `LetterFacts` and the pages take it."""

    company_name: str
    company_address: str
    contact_email: str


def our_side(brand: Branding | None = None) -> OurSide:
    """What the brand says, or else the settings; whoever has read the brand hands it in."""
    brand = brand or branding()
    return OurSide(
        company_name=brand.name,
        company_address=brand.address,
        contact_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )
