"""Sample facts for letters: one invoice, many, two currencies, a very long name, a currency without decimals."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from dunning.rules.letter import LetterFacts, LetterLine
from dunning.rules.triggers import Foreseen

URL = "https://pay.example.com/p/9hVn3kQmZr7xTb2wYc5dLg/"
COUNTRIES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}


DUE = date(2026, 2, 14)


def line(number: str, amount: str, currency: str = "EUR", due_on: date = DUE, what: str = "Website care") -> LetterLine:
    return LetterLine(sum(map(ord, number)), number, what, due_on, Decimal(amount), currency)


def in_part(number: str, amount: str, instalment: int) -> LetterLine:
    return replace(line(number, amount), part=(instalment, 3))


def facts(*lines: LetterLine, language: str = "en", **changes: object) -> LetterFacts:
    given: dict[str, object] = {
        "customer_name": "Ada Keller",
        "company_name": "Example Company",
        "company_address": "12 Mill Lane\nBath BA1 2AB\nUnited Kingdom",
        "contact_email": "billing@example.com",
        "language": language,
        "country": COUNTRIES.get(language, ""),
        "today": date(2026, 2, 28),
        "lines": lines or (line("INV-2041", "1240.50"),),
        "next_contact_on": date(2026, 3, 16),
        "foreseen": Foreseen(
            "card_expires:1:2026-03-31",
            date(2026, 3, 31),
            brand="Visa",
            last4="4242",
            what="Website care",
            amount=Decimal("240"),
            currency="EUR",
        ),
    }
    return LetterFacts(**(given | changes))  # type: ignore[arg-type]


def samples(language: str) -> dict[str, LetterFacts]:
    many = [line(f"INV-{2041 + n}", f"{100 + n}.25", due_on=date(2026, 2, 1 + n)) for n in range(12)]
    return {
        "one invoice": facts(language=language),
        "many invoices": facts(*many, language=language),
        "two currencies": facts(line("INV-1", "90"), line("INV-2", "20.00", "USD"), language=language),
        "very long name": facts(language=language, customer_name="Gesellschaft für Garten- und Landschaftsbau " * 4),
        "in instalments": facts(in_part("INV-2041", "413.50", 1), in_part("INV-2042", "20.00", 1), language=language),
        "yen": facts(line("INV-7", "54000", "JPY"), language=language),
    }
