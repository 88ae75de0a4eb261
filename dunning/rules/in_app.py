"""Notices in an app: shown for how long, how loud, and in which words the buttons speak. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from customers.rules.contact import IN_APP
from dunning.rules.contact import thanks_are_kept
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import hold_in_force, without_held
from dunning.rules.letter.words import DEFAULT_LANGUAGE, language_of
from dunning.rules.plan_facts import StepFact
from dunning.rules.words import StepKind, Tone


class Mode(StrEnum):
    BANNER = "banner"
    MODAL = "modal"
    WALL = "wall"


class Dismissal(StrEnum):
    FOR_GOOD = "for_good"
    FOR_NOW = "for_now"  # it comes back with the browser's next session
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Loudness:
    mode: Mode
    dismissal: Dismissal


LOUDNESS = {
    Tone.FRIENDLY: Loudness(Mode.BANNER, Dismissal.FOR_GOOD),
    Tone.CLEAR: Loudness(Mode.MODAL, Dismissal.FOR_GOOD),
    Tone.FIRM: Loudness(Mode.MODAL, Dismissal.FOR_NOW),
    Tone.FORMAL: Loudness(Mode.WALL, Dismissal.NEVER),
}
# What the button beside "pay" says.
LATER = {"en": "Not now", "de": "Jetzt nicht", "fr": "Pas maintenant", "es": "Ahora no"}
THANKS_STAY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was handed over, of a step by this channel. `asks`: each line's invoice id, due date and amount."""

    step: StepFact
    asks: frozenset[tuple[int, date, Decimal]]
    sent_at: datetime
    case_is_open: bool = True


def is_still_so(told: Told, facts: CaseFacts, *, now: datetime) -> bool:
    """Whether its words, which are not written anew, are still true, and the customer may be told them."""
    if told.step.kind == StepKind.THANKS:
        return now < told.sent_at + THANKS_STAY and thanks_are_kept(facts, told.step, now) is None
    if not told.case_is_open or facts.limits.forbids(IN_APP, told.step.topic):
        return False
    if facts.about:
        return facts.foreseen is not None and hold_in_force(facts, now) is None
    if facts.payment_under_way or facts.money_unmatched:
        return False
    asked_for = without_held(facts, list(facts.invoices), now)
    return told.asks <= {(invoice.id, invoice.due_on, invoice.balance) for invoice in asked_for}


def loudness_of(tone: Tone, *, asks: bool, opens: bool, is_vulnerable: bool) -> Loudness:
    """As the tone has it where it asks for money (`asks`) and its button leads to the customer's page (`opens`).

    Whoever owes nothing, cannot pay by it or is vulnerable gets a banner that can be put away.
    """
    return LOUDNESS[tone if asks and opens and not is_vulnerable else Tone.FRIENDLY]


def later_in(language: str) -> str:
    """The words of the button that dismisses, English where nobody has written them yet."""
    return LATER.get(language_of(language), LATER[DEFAULT_LANGUAGE])
