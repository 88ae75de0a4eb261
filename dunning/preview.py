"""A text of the library as a customer would read it, with a made-up company and two made-up invoices."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings

from customers.rules.contact import SMS
from dunning.queries import sms_terms
from dunning.rules.letter import (
    LetterFacts,
    LetterLine,
    as_html,
    as_sms,
    as_text,
    compile_text,
    compose,
    compose_sms,
)
from dunning.rules.segments import Segments, segments
from dunning.rules.triggers import Foreseen
from payments.queries import accounts_to_pay_into
from payments.rules.transfer import Owing, transfers

COUNTRIES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}
CURRENCIES = {"en": "GBP"}


@dataclass(frozen=True, slots=True)
class Preview:
    """The parts of the mail; `html` opens its links in a new tab and is empty for a text message."""

    subject: str
    html: str
    text: str
    segments: Segments | None = None  # of a text message


def preview(subject: str, body: str, *, channel: str, language: str, today: date) -> Preview:
    """Fill the text with samples. Raises TextRefusal when it cannot be used as it stands."""
    if channel == SMS:
        return _of_a_text_message(subject, body, sample_facts(language, today))
    letter = compose(compile_text(subject, body), sample_facts(language, today))
    url = f"{settings.BASE_URL}/p/…/"
    return Preview(letter.subject, as_html(letter.body, url, language=language), as_text(letter.body, url))


def _of_a_text_message(subject: str, body: str, facts: LetterFacts) -> Preview:
    letter = compose_sms(compile_text(subject, body), facts)
    message = as_sms(letter.body, sms_terms().link)
    return Preview(letter.subject, "", message, segments(message))


def sample_facts(language: str, today: date) -> LetterFacts:
    """A customer who owes two invoices, one of them nine days overdue."""
    currency = CURRENCIES.get(language, "EUR")
    lines = (
        LetterLine(1, "2026-0117", "Spring catalogue", today - timedelta(days=9), Decimal("1240"), currency),
        LetterLine(2, "2026-0131", "Delivery", today + timedelta(days=6), Decimal("86.5"), currency),
    )
    return LetterFacts(
        customer_name="Marguerite Ashdown",
        company_name=settings.COMPANY_NAME,
        company_address=settings.COMPANY_ADDRESS,
        contact_email=settings.DEFAULT_FROM_EMAIL,
        language=language,
        country=COUNTRIES.get(language, ""),
        today=today,
        lines=lines,
        next_contact_on=today + timedelta(days=7),
        transfers=transfers(
            "A-1042", [Owing(line.number, currency, line.balance) for line in lines], accounts_to_pay_into()
        ),
        foreseen=Foreseen("card_expires:1:sample", today + timedelta(days=30), brand="Visa", last4="4242"),
    )
