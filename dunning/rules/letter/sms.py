"""A text message: short words, one personal link, from whom it is, and how to stop them where a law wants that.

Segments are paid for one by one, so that what only looks better (curly quotes, dashes, narrow blanks) is written
plainly: a single such character would make a segment hold 70 characters instead of 160.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dunning.rules.letter.facts import LetterFacts, LetterLine, clean
from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of
from dunning.rules.segments import GSM, GSM_EXTENDED, Segments
from dunning.rules.triggers import Foreseen

LINK_MARK = "⇢\t"  # where the personal link goes; values and texts never contain a tab
PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚′", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        "…": "...",
        "•": "*",
    }
)
# A text message about a debt carries a simple way to opt out: 12 CFR 1006.6(e) (Regulation F).
STOP_HINT_IN = frozenset({"US"})
STOP_HINTS = {
    "en": "Reply STOP to end texts.",
    "de": "Antworten Sie STOP, wenn Sie keine SMS mehr möchten.",
    "fr": "Répondez STOP pour ne plus recevoir de SMS.",
    "es": "Responda BAJA para no recibir estos SMS.",
}
STOP_WORD = re.compile(r"\b(?:STOP|BAJA)\b")


@dataclass(frozen=True, slots=True)
class SmsTerms:
    """What a text is measured with before it may go out: who writes, how a personal link looks, what is paid for."""

    company_name: str = "Example Company"
    link: str = "https://billing.example.com/p/" + "x" * 43 + "/"
    most_segments: int = 2


def dressed(body: str, facts: LetterFacts) -> str:
    """The filled text as it is stored: from whom it is, and how to stop them where the law wants that."""
    company, body = clean(facts.company_name).translate(PLAIN), body.translate(PLAIN).strip(" \n")
    if not body.startswith(company):
        body = f"{company}: {body}"
    if facts.country in STOP_HINT_IN and not STOP_WORD.search(body):
        body += " " + STOP_HINTS.get(language_of(facts.language), STOP_HINTS[DEFAULT_LANGUAGE])
    return body


def as_sms(body: str, url: str) -> str:
    """The message as it is sent; `url` is the customer's personal link."""
    return body.replace(LINK_MARK, url)


def too_long(measured: Segments, message: str, most: int) -> str:
    """Why it costs more than is paid for, and how to make it shorter."""
    says = f"A message of it goes in {measured.count} segments, and at most {most} are paid for (SMS_MOST_SEGMENTS)."
    strange = sorted({letter for letter in message if letter not in GSM and letter not in GSM_EXTENDED})
    if not strange:
        return f"{says} Shorten it: a segment holds 153 characters, and the link alone takes many."
    letters = " ".join(strange[:8])
    return f"{says} Shorten it, or do without {letters}: because of them a segment holds 67 characters, not 153."


def sample_facts(language: str, terms: SmsTerms) -> LetterFacts:
    """A customer whose values are of the longer sort, to measure a text with."""
    on = date(2026, 9, 30)
    return LetterFacts(
        customer_name="Marguerite Ashdown",
        company_name=terms.company_name,
        company_address="",
        contact_email="billing@example.com",
        language=language,
        country={"en": "US", "de": "DE", "fr": "FR", "es": "ES"}.get(language_of(language), ""),
        today=on,
        lines=(LetterLine(1, "2026-0117", "", on, Decimal("1240.50"), "EUR"),),
        next_contact_on=on,
        foreseen=Foreseen(
            "card_expires:1:sample",
            on,
            brand="Mastercard",
            last4="4242",
            what="Website care",
            amount=Decimal("240"),
            currency="EUR",
        ),
    )
