"""What a letter is about, and how values from outside are made fit to stand in it: one line, visible, not endless."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel import Locale

from dunning.rules.card_news import CardNews
from dunning.rules.formats import locale_of
from dunning.rules.triggers import Foreseen
from payments.rules.cost_letters import Announced
from payments.rules.open_claims import OpenClaim
from payments.rules.transfer import Transfer

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Bidirectional overrides, invisible separators, byte order marks, tags and halves of characters.
INVISIBLE = re.compile(
    r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One open invoice; `balance` is what is open of it, in `currency`.

    In an instalment plan `part` says which instalment of how many; day and amount are the instalment's.
    """

    invoice_id: int
    number: str
    description: str
    due_on: date
    balance: Decimal
    currency: str
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader may choose by one tap besides paying; each opens the page with the choice prepared.

    `pay_on`: a day within the policy, None where none is granted. `parts` of what is open in `currency`; 0 for none.
    """

    pay_on: date | None = None
    parts: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a letter may say. `language` is that of the text, `today` the customer's own date.

    `next_contact_on` is when we write next if nothing changes, None when no later reminder exists. `card` is the news
    about the stored card that would pay for it. `transfers`: how the lines can be paid into accounts of ours.
    `claims`: what is claimed for late payment, beside the lines, `costs`: what a law wants to be announced
    before it may be claimed. `foreseen`: what the letter is about where nothing is owed. `choices` stand below the
    button; `asks_how`: whether it asks at its end if it was clear; `is_promotional`: whether it says how to get no more
    of such letters.
    """

    customer_name: str
    company_name: str
    company_address: str
    contact_email: str
    language: str
    country: str
    today: date
    lines: tuple[LetterLine, ...]
    next_contact_on: date | None = None
    card: CardNews | None = None
    transfers: tuple[Transfer, ...] = ()
    claims: tuple[OpenClaim, ...] = ()
    costs: Announced | None = None
    foreseen: Foreseen | None = None
    choices: Choices | None = None
    asks_how: bool = False
    is_promotional: bool = False
    locale: Locale = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "locale", locale_of(self.language, self.country))


def clean(value: str, longest: int = LONGEST_VALUE) -> str:
    """`value` as one line of visible characters, cut with "…" after `longest` of them."""
    line = " ".join(INVISIBLE.sub("", CONTROLS.sub(" ", value)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
