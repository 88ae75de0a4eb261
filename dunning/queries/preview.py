"""A text of the library as a customer would read it: a made-up one, the nastiest one, or one of ours."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings

from customers.models import Customer
from customers.rules.contact import EMAIL, IN_APP, SMS
from dunning.queries.brand import branding
from dunning.queries.links import sms_terms
from dunning.queries.our_side import our_side
from dunning.rules.help_terms import next_friday
from dunning.rules.letter import (
    Choices,
    LetterFacts,
    LetterLine,
    as_html,
    as_sms,
    as_text,
    compile_text,
    compose,
    compose_alone,
    compose_sms,
)
from dunning.rules.segments import Segments, segments
from dunning.rules.triggers import Foreseen
from payments.queries.bank import accounts_to_pay_into
from payments.rules.transfer import Owing, Transfer, transfers

COUNTRIES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}
CURRENCIES = {"en": "GBP"}
NASTY_NAME = (
    "شركة الخليج للتجارة والمقاولات العامة والنقل البري والبحري والخدمات اللوجستية المتكاملة المحدودة وشركاؤها "
)
NASTY_PURPOSE = "Donaudampfschifffahrtsgesellschaftskapitänskajütenreinigung " * 4
NASTY_COUNT = 45
MOST_INVOICES = 200  # of a real customer; a letter shows fewer


@dataclass(frozen=True, slots=True)
class Preview:
    """The parts of the mail; `html` opens its links in a new tab and is empty for what has few words."""

    subject: str
    html: str
    text: str
    segments: Segments | None = None  # of a text message


def preview(subject: str, body: str, facts: LetterFacts, *, channel: str = EMAIL) -> Preview:
    """Fill the text with these facts. Raises TextRefusal when it cannot be used as it stands."""
    if channel == SMS:
        return _of_a_text_message(subject, body, facts)
    if channel == IN_APP:
        shown = compose_alone(compile_text(subject, body), facts)
        return Preview(shown.subject, "", shown.body)
    letter = compose(compile_text(subject, body), facts)
    url = f"{settings.BASE_URL}/p/…/"
    html = as_html(letter.body, url, language=facts.language, look=branding().look)
    return Preview(letter.subject, html, as_text(letter.body, url))


def nastiest_facts(language: str, today: date) -> LetterFacts:
    """The longest name, written from right to left; a currency without decimals; more invoices than a letter shows."""
    lines = tuple(
        LetterLine(n, f"RE/{n:04}-" + "9" * 40, NASTY_PURPOSE, today - timedelta(days=n), Decimal(98765432 * n), "JPY")
        for n in range(1, NASTY_COUNT + 1)
    )
    return replace(sample_facts(language, today), customer_name=NASTY_NAME * 2, lines=lines, transfers=())


def facts_of_customer(customer: Customer, language: str, today: date) -> LetterFacts:
    """What is open of this customer today. When we write next and the news of a card are made up, as in the sample."""
    opened = customer.invoices.filter(balance__gt=0).order_by("due_on", "pk")[:MOST_INVOICES]
    lines = tuple(LetterLine(i.pk, i.number, i.description, i.due_on, i.balance, i.currency) for i in opened)
    return replace(
        sample_facts(language, today),
        customer_name=customer.name,
        country=customer.country,
        lines=lines,
        transfers=_transfers(customer.number, lines),
    )


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
        **our_side(),
        language=language,
        country=COUNTRIES.get(language, ""),
        today=today,
        lines=lines,
        next_contact_on=today + timedelta(days=7),
        transfers=_transfers("A-1042", lines),
        choices=Choices(next_friday(today), 3, currency),
        asks_how=True,
        foreseen=Foreseen(
            "card_expires:1:sample",
            today + timedelta(days=30),
            brand="Visa",
            last4="4242",
            what="Website care",
            amount=Decimal("240"),
            currency="EUR",
        ),
    )


def _transfers(number: str, lines: tuple[LetterLine, ...]) -> tuple[Transfer, ...]:
    owing = [Owing(line.number, line.currency, line.balance) for line in lines]
    return transfers(number, owing, accounts_to_pay_into())
