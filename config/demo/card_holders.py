"""Customers whose card is charged when something falls due: when it fails and how, and what brings the money after all.

The shares of the causes follow what card businesses report. Like all habits here it knows days, not the product.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import cycle

HOLDERS = 24  # of the demo's customers
FAILS = 0.55  # of the charges of a due date
FAILS_ON_THE_PAGE = 0.45  # of the first cards that are tried there
GOOD, OTHER = "pm_card_visa", "pm_card_mastercard"


class Mend(Enum):
    """What ends the trouble with a card."""

    BY_ITSELF = "there is money again, or the line works again"
    NEW_CARD = "the customer enters another card"
    ON_THE_PAGE = "the customer pays with another card on their page"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a card fails (like which test card), how often among 50 failures, and what ends it after how many days."""

    like: str
    share: int
    mends: tuple[tuple[Mend, int], ...]
    days: tuple[int, int]


TROUBLES = (
    Trouble("pm_card_visa_chargeDeclinedInsufficientFunds", 16, ((Mend.BY_ITSELF, 8), (Mend.ON_THE_PAGE, 2)), (1, 9)),
    Trouble("pm_card_visa_chargeDeclined", 8, ((Mend.BY_ITSELF, 5), (Mend.NEW_CARD, 3), (Mend.NOTHING, 2)), (1, 6)),
    Trouble("pm_card_chargeCustomerFail", 8, ((Mend.BY_ITSELF, 3), (Mend.NEW_CARD, 4), (Mend.NOTHING, 3)), (2, 8)),
    Trouble("pm_card_chargeDeclinedExpiredCard", 9, ((Mend.NEW_CARD, 8), (Mend.ON_THE_PAGE, 1)), (1, 5)),
    Trouble("pm_card_chargeDeclinedProcessingError", 4, ((Mend.BY_ITSELF, 1),), (0, 1)),
    Trouble("pm_card_visa_chargeDeclinedStolenCard", 2, ((Mend.NEW_CARD, 3), (Mend.NOTHING, 1)), (2, 6)),
    Trouble("pm_card_chargeDeclinedIncorrectCvc", 3, ((Mend.NEW_CARD, 3), (Mend.ON_THE_PAGE, 1)), (1, 4)),
)


def troubles() -> Iterator[Trouble]:
    """One failure after the other, without end, evenly mixed: after forty or more the causes stand in their shares."""
    dealt = [(turn + 0.5, place, trouble) for place, trouble in enumerate(TROUBLES) for turn in range(trouble.share)]
    dealt.sort(key=lambda deal: (deal[0] / deal[2].share, deal[1]))
    return cycle([trouble for _, _, trouble in dealt])


def mending(trouble: Trouble, today: date, chance: random.Random) -> tuple[Mend, date]:
    """What ends it, and when."""
    ways, weights = zip(*trouble.mends, strict=True)
    return chance.choices(ways, weights)[0], today + timedelta(days=chance.randint(*trouble.days))
