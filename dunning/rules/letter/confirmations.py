"""A mail about a request or a payment: its words, filled in. See docs/help.md."""

from dataclasses import dataclass

from dunning.rules.letter import footer
from dunning.rules.letter.confirmation_words import SUBJECTS, TEXTS, Occasion
from dunning.rules.letter.facts import LetterFacts, clean
from dunning.rules.letter.parts import FOOTER_MARK, button_line
from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of, words_for

LONGEST_LINE = 1000
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Told:
    """What the words name, as the customer writes it: each empty where the occasion does not need it."""

    day: str = ""
    invoice: str = ""
    card: str = ""
    amount: str = ""
    reference: str = ""
    schedule: tuple[str, ...] = ()
    answer: str = ""


def confirmation(occasion: Occasion, told: Told, facts: LetterFacts) -> tuple[str, str]:
    """Subject and body, the personal link left out, in the customer's language or else in English."""
    language = language_of(facts.language)
    texts = TEXTS.get(language, TEXTS[DEFAULT_LANGUAGE])
    about, body = texts[occasion]
    subject = SUBJECTS.get(language, SUBJECTS[DEFAULT_LANGUAGE]).format(company=facts.company_name, about=about)
    answer = [clean(line, LONGEST_LINE) for line in told.answer.splitlines()[:MOST_LINES]]
    words = body.format(
        name=clean(facts.customer_name),
        day=told.day,
        invoice=clean(told.invoice),
        card=told.card,
        amount=told.amount,
        reference=clean(told.reference),
        schedule="\n".join(told.schedule),
        answer="\n".join(line for line in answer if line),
    )
    if occasion is not Occasion.ERASED:  # their page is gone then
        words += f"\n\n{button_line(words_for(facts.language).page_button)}"
    return clean(subject, 150), f"{words}{FOOTER_MARK}{footer(facts)}"
