"""What customers may ask for on their page besides paying, and what each of it means for the desk."""

from enum import StrEnum

from customers.rules.choices import choices


class Need(StrEnum):
    """`LATER` is a promise, `EXTENSION` asks for more time; the others say that something is wrong or hard."""

    LATER = "later"
    PARTS = "parts"
    EXTENSION = "extension"
    DISPUTE = "dispute"
    PAID = "paid"
    STRANGER = "stranger"
    CALL = "call"
    DIFFICULTY = "difficulty"
    CLOSING = "closing"
    CONTACT = "contact"
    ERASURE = "erasure"


WORDS = {
    Need.LATER: "pays later",
    Need.PARTS: "pays in parts",
    Need.EXTENSION: "asks for more time",
    Need.DISPUTE: "disputes an invoice",
    Need.PAID: "has already paid",
    Need.STRANGER: "is the wrong person",
    Need.CALL: "asks for a call",
    Need.DIFFICULTY: "is in difficulty",
    Need.CLOSING: "closes the business",
    Need.CONTACT: "names another contact",
    Need.ERASURE: "asks us to erase their data",
}
NEEDS = choices(WORDS)
ABOUT_TIME = frozenset({Need.LATER, Need.PARTS, Need.EXTENSION})  # only one of these at a time
HARD = frozenset({Need.DIFFICULTY, Need.CLOSING})  # a person decides on every step from now on


def beside(need: Need) -> frozenset[Need]:
    """The kinds of which a live one stands for another of this kind too. Disputes go by invoice, each on its own."""
    return next((group for group in (ABOUT_TIME, HARD) if need in group), frozenset({need}))


class DayPart(StrEnum):
    """When somebody would like to be called, on their own clock."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


DAY_PARTS = choices(
    {
        DayPart.MORNING: "in the morning",
        DayPart.NOON: "around noon",
        DayPart.AFTERNOON: "in the afternoon",
        DayPart.EVENING: "in the early evening",
    }
)
