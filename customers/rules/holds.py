"""The kinds of holds and what is usual for each: what it blocks, how long it lasts, where it may be placed."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class HoldKind(StrEnum):
    BREATHING_SPACE = "breathing_space"
    DECEASED = "deceased"
    INSOLVENCY = "insolvency"
    BEREAVEMENT = "bereavement"
    DISPUTE = "dispute"
    PROMISE = "promise"
    MONEY_IN_TRANSIT = "money_in_transit"
    HARDSHIP = "hardship"
    PAUSE = "pause"
    OTHER = "other"


class Blocks(NamedTuple):
    """What rests during a hold: letters and calls, charges without the customer, fees and interest for being late."""

    contact: bool = True
    charges: bool = True
    claims: bool = False

    def __str__(self) -> str:
        """In words, as "no contact, no charges"."""
        named = zip(("no contact", "no charges", "no fees or interest"), self, strict=True)
        return ", ".join(words for words, is_blocked in named if is_blocked)


EVERYTHING = Blocks(claims=True)
FOLLOW_UP = Blocks()


@dataclass(frozen=True, slots=True)
class HoldRule:
    """What is usual for one kind. `days`: how long it lasts unless a person says otherwise; None: until released.

    `must_end`: it may not be left open; `longest`: days at most. `is_protected`: resuming a case does not end it,
    because law or decency asks for it. `needs_a_person`: while it lasts the case stands in the work list.
    """

    words: str
    blocks: Blocks
    source: str
    days: int | None = None
    must_end: bool = False
    longest: int | None = None
    is_for_invoices: bool = False
    is_protected: bool = False
    needs_a_person: bool = False

    def last_day(self, today: date) -> date | None:
        """The usual last day of a hold that is placed `today`."""
        return None if self.days is None else today + timedelta(days=self.days)


OURS = "our own"
HOLD_RULES = {
    # The moratorium begins on the day after it is entered in the register, so that its 60th day is 60 days after that.
    # A mental health crisis moratorium lasts as long as the treatment and 30 days more: give another day, or none.
    HoldKind.BREATHING_SPACE: HoldRule(
        "breathing space",
        EVERYTHING,
        "England and Wales: Debt Respite Scheme Regulations 2020 (SI 2020/1311), reg. 7, 26, 32",
        days=60,
        is_protected=True,
    ),
    HoldKind.DECEASED: HoldRule("has died", EVERYTHING, OURS, is_protected=True, needs_a_person=True),
    HoldKind.INSOLVENCY: HoldRule(
        "insolvent",
        EVERYTHING,
        "Germany: InsO s. 87 and 89; UK: Insolvency Act 1986 s. 285; USA: 11 USC 362",
        is_protected=True,
        needs_a_person=True,
    ),
    HoldKind.BEREAVEMENT: HoldRule("in mourning", EVERYTHING, OURS, days=30, is_protected=True),
    HoldKind.DISPUTE: HoldRule("disputed", EVERYTHING, OURS, is_for_invoices=True),
    HoldKind.PROMISE: HoldRule("promised to pay", FOLLOW_UP, OURS, days=7, is_for_invoices=True),
    HoldKind.MONEY_IN_TRANSIT: HoldRule(
        "money in transit", FOLLOW_UP, OURS, days=7, must_end=True, longest=30, is_for_invoices=True
    ),
    HoldKind.HARDSHIP: HoldRule("in hardship", EVERYTHING, OURS, is_for_invoices=True),
    HoldKind.PAUSE: HoldRule("paused by the desk", FOLLOW_UP, OURS),
    HoldKind.OTHER: HoldRule("other", FOLLOW_UP, OURS, is_for_invoices=True),
}
HOLD_KINDS = [(kind.value, rule.words) for kind, rule in HOLD_RULES.items()]
PROTECTED = frozenset(kind for kind, rule in HOLD_RULES.items() if rule.is_protected)
LAST_DAY = date(2099, 12, 31)  # what is meant for ever is left open, not given a day at the end of the calendar


def refusal(kind: HoldKind, blocks: Blocks, *, today: date, until_on: date | None, is_for_invoice: bool) -> str | None:
    """Why such a hold cannot be placed, with the remedy; None when it can."""
    rule = HOLD_RULES[kind]
    if not any(blocks):
        return "A hold blocks something. Tick contact, charges, or fees and interest."
    if is_for_invoice and not rule.is_for_invoices:
        return f"“{rule.words.capitalize()}” concerns the whole customer. Place it on the customer's page."
    if until_on is None and rule.must_end:
        return f"“{rule.words.capitalize()}” has to end. Give a last day."
    if until_on is not None and until_on > LAST_DAY:
        return "The last day is too far away. Choose one up to 31 December 2099, or leave it empty."
    if until_on is not None and rule.longest and until_on > today + timedelta(days=rule.longest):
        return f"“{rule.words.capitalize()}” lasts {rule.longest} days at most. Choose an earlier last day."
    return None
