"""What whoever makes a call has before them: the numbers, whether a call is fine today, and what to say."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Contact, Customer
from customers.queries import gone_among
from customers.rules.contact import CALL
from customers.rules.phone import dialled
from dunning.models import Case
from dunning.queries.our_side import our_side
from dunning.rules.business import still_our_business
from dunning.rules.contact import call_words
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import without_held
from dunning.rules.letter import DEFAULT_LANGUAGE, LetterFacts, LetterLine, compile_text, compose_alone
from dunning.rules.letter.words import language_of
from dunning.texts import shipped_call_script

NOTHING_TO_ASK = "Nothing is due that the customer may be asked for: no call is needed."


@dataclass(frozen=True, slots=True)
class CallSheet:
    """`advice`: whether to call today, in words. `script`: paragraphs in `language`; none where nothing is due."""

    contacts: list[Contact]
    advice: str
    language: str
    script: list[str]


def call_sheet(case: Case, facts: CaseFacts, *, now: datetime) -> CallSheet:
    """The sheet for a call to this case's customer."""
    texts, language = shipped_call_script(), language_of(case.customer.language)
    language = language if language in texts else DEFAULT_LANGUAGE
    due = _due(facts, now)
    numbers = numbers_of(case.customer)
    if not due:
        return CallSheet(numbers, NOTHING_TO_ASK, language, [])
    script = compose_alone(compile_text(*texts[language]), _told(case.customer, facts, due, language, now)).body
    return CallSheet(numbers, call_words(facts, now), language, script.split("\n\n"))


def numbers_of(customer: Customer) -> list[Contact]:
    """The contacts whose number may be called, the primary one first."""
    with_number = Contact.objects.filter(customer=customer).exclude(phone="").order_by("-is_primary", "pk")
    known = {contact: dialled(contact.phone, customer.country) for contact in with_number}
    gone = gone_among(known.values())
    return [contact for contact, number in known.items() if (CALL, number) not in gone]


def _due(facts: CaseFacts, now: datetime) -> tuple[LetterLine, ...]:
    """What may be asked for and is due; a script names no single invoice."""
    today = facts.local(now).date()
    asked = without_held(facts, still_our_business(facts, now), now)
    return tuple(LetterLine(i.id, "", "", i.due_on, i.balance, i.currency) for i in asked if i.due_on <= today)


def _told(
    customer: Customer, facts: CaseFacts, lines: tuple[LetterLine, ...], language: str, now: datetime
) -> LetterFacts:
    return LetterFacts(
        customer_name=customer.name,
        **our_side(),
        language=language,
        country=customer.country,
        today=facts.local(now).date(),
        lines=lines,
    )
