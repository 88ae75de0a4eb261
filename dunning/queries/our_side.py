"""Who writes: our name, postal address and e-mail address, as letters, pages and scripts show them."""

from email.utils import parseaddr
from typing import TypedDict

from django.conf import settings


class OurSide(TypedDict):
    """As `LetterFacts` and the pages take it."""

    company_name: str
    company_address: str
    contact_email: str


def our_side() -> OurSide:
    """What the settings say."""
    return OurSide(
        company_name=settings.COMPANY_NAME,
        company_address=settings.COMPANY_ADDRESS,
        contact_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    )
