"""The closed vocabularies the rules speak. Plain strings, so that the database and the rules share them."""

from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache


class Tone(IntEnum):
    """How firm a text is. Within one case tone never gets milder, and rises one level at a time."""

    FRIENDLY = 1
    CLEAR = 2
    FIRM = 3
    FORMAL = 4


class StepKind(StrEnum):
    REMINDER = "reminder"
    CHARGE = "charge"
    THANKS = "thanks"
    TASK = "task"
    CALL = "call"
    RESTRICT = "restrict"
    HAND_OVER = "hand_over"
    LEGAL = "legal"
    WRITE_OFF = "write_off"


LETTERS = (StepKind.REMINDER, StepKind.THANKS)
# Steps that send and charge nothing, in words. They are taken once, beside the letters.
ACTIONS = {
    StepKind.TASK: "task",
    StepKind.CALL: "phone call",
    StepKind.RESTRICT: "restriction of the service",
    StepKind.HAND_OVER: "hand-over to an agency",
    StepKind.LEGAL: "legal notice",
    StepKind.WRITE_OFF: "proposal to write off",
}
FOR_A_PERSON = (StepKind.TASK, StepKind.CALL, StepKind.LEGAL)  # they put work into a queue
# A person decides on them anyway: they come for vulnerable customers too, and wait for no letter that may not go.
LEFT_TO_A_PERSON = (StepKind.TASK, StepKind.CALL)


class MessageClass(StrEnum):
    """What a message is in law: promotional ones need a way to unsubscribe, legal notices cannot be refused."""

    TRANSACTIONAL = "transactional"
    LEGAL_NOTICE = "legal"
    PROMOTIONAL = "promotional"


MESSAGE_CLASSES = {
    MessageClass.TRANSACTIONAL: "transactional",
    MessageClass.LEGAL_NOTICE: "legal notice",
    MessageClass.PROMOTIONAL: "promotional",
}


class Consequence(StrEnum):
    """What a text may announce for the case that nothing is paid. Announced only where the campaign really does it."""

    NOTHING = ""
    CHARGE = "charge"
    FEE = "fee"
    RESTRICTION = "restriction"
    AGENCY = "agency"
    LEGAL = "legal"


CONSEQUENCES = {
    Consequence.NOTHING: "nothing",
    Consequence.CHARGE: "a charge of the stored card",
    Consequence.FEE: "a fee",
    Consequence.RESTRICTION: "a restricted service",
    Consequence.AGENCY: "handing over to an agency",
    Consequence.LEGAL: "legal steps",
}


class Outcome(StrEnum):
    """What became of a step in a case (the ledger of steps)."""

    DONE = "done"
    SKIPPED = "skipped"
    DELAYED = "delayed"


class Delivery(StrEnum):
    """How far the notice of a done step has come. Proposed: it waits for a manager, and leaves only if one lets it."""

    PROPOSED = "proposed"
    PENDING = "pending"
    REACHED = "reached"
    NOWHERE = "nowhere"


class Ending(StrEnum):
    """Why a case closed."""

    SETTLED = "settled"
    CURED = "cured"
    IN_INSTALMENTS = "in_instalments"
    CLOSED_BY_DESK = "closed_by_desk"
    WRITTEN_OFF = "written_off"
    HANDED_OVER = "handed_over"
    NO_LONGER_SO = "no_longer_so"  # these two of cases about something foreseen
    ITS_DAY_CAME = "its_day_came"


class Attention(StrEnum):
    """Why a case waits for a person."""

    NONE = ""
    PARKED = "parked"
    NO_ADDRESS = "no_address"
    END_OF_ROAD = "end_of_road"
    OPTED_OUT = "opted_out"
    VULNERABLE = "vulnerable"
    DECEASED = "deceased"  # these two as the kinds of holds are called
    INSOLVENCY = "insolvency"
    REVIEW = "review"
    HAND_OVER = "hand_over"


class Rule(StrEnum):
    """Which rule has the last word when a case waits. A wait that names none has `OTHER`: its reason says it all."""

    HOLD = "hold"
    HELD_INVOICES = "held_invoices"
    PAYMENT = "payment_under_way"
    MONEY = "money_unmatched"
    LEAVING = "letter_leaving"
    PLANNED = "planned_day"
    HOURS = "sending_hours"
    NO_ADDRESS = "no_address"
    WISH = "customers_wish"
    CAP = "contact_cap"
    NEWS = "word_of_delivery"
    VULNERABLE = "vulnerable"
    HABIT = "their_usual_time"
    REVIEW = "review"
    CARD_NEXT = "card_next"
    CARD_FIRST = "card_before_letter"
    CHARGING = "card_being_charged"
    PATIENCE = "time_to_answer"
    END_OF_ROAD = "end_of_campaign"
    DEBTS = "debts_first"
    SAID = "all_is_said"
    OTHER = "other"


@lru_cache(maxsize=1024)
def day_words(offset_days: int) -> str:
    """A step's day as the desk reads it, from the due date: "day +7", "day 0", "day −3"."""
    return f"day {offset_days:+d}".replace("-", "\N{MINUS SIGN}") if offset_days else "day 0"


def reminder_words(offset_days: int, tone: int) -> str:
    """A reminder step as the desk calls it: "firm reminder (day +14)"."""
    return f"{Tone(tone).name.lower()} reminder ({day_words(offset_days)})"


def step_words(kind: str, offset_days: int, tone: int) -> str:
    """Any step as the desk calls it."""
    match kind:
        case StepKind.THANKS:
            return "thank-you letter"
        case StepKind.CHARGE:
            return f"charge of the stored card ({day_words(offset_days)})"
        case StepKind.REMINDER:
            return reminder_words(offset_days, tone)
        case _:
            return f"{ACTIONS[StepKind(kind)]} ({day_words(offset_days)})"


@lru_cache(maxsize=4096)
def spelled(day: date) -> str:
    """A date as the desk reads it: 2 March 2026."""
    return f"{day.day} {day:%B %Y}"
