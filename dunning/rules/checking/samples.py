"""Made-up facts that texts are checked on: the same every time, with one invoice and with many."""

from datetime import date, timedelta
from decimal import Decimal

from dunning.rules.letter import LetterFacts, LetterLine
from dunning.rules.triggers import Foreseen

TODAY = date(2026, 3, 2)
COUNTRIES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}
URL = "https://pay.example.com/p/9hVn3kQmZr7xTb2wYc5dLg/"
MANY = 12
FORESEEN = Foreseen(
    "card_expires:1:sample",
    TODAY + timedelta(days=30),
    brand="Visa",
    last4="4242",
    what="Website care",
    amount=Decimal("240"),
    currency="EUR",
)


def sample_facts(
    language: str, *, invoices: int = 1, next_in_days: int | None = 7, foretells: bool = False
) -> LetterFacts:
    """Ada Keller owes `invoices`; we write next after `next_in_days` days, None: never.

    `foretells`: she owes nothing, and her card ends soon.
    """
    lines = [
        LetterLine(n, f"INV-{2040 + n}", "Website care", TODAY - timedelta(days=13 - n), Decimal("1240.50"), "EUR")
        for n in range(1, 1 if foretells else invoices + 1)
    ]
    return LetterFacts(
        customer_name="Ada Keller",
        company_name="Example Company",
        company_address="12 Mill Lane\nBath BA1 2AB\nUnited Kingdom",
        contact_email="billing@example.com",
        language=language,
        country=COUNTRIES.get(language, ""),
        today=TODAY,
        lines=tuple(lines),
        foreseen=FORESEEN if foretells else None,
        next_contact_on=None if next_in_days is None else TODAY + timedelta(days=next_in_days),
    )
