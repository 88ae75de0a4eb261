"""When a letter by post counts as received: a period that a law begins with receipt starts then, never with posting.

Where laws and carriers leave a choice, the later day is taken: it costs the customer less.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dunning.rules.calendar import is_public_holiday, is_working_day

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Transit:
    """Received on the `days`-th day of delivery after posting.

    Days of delivery are working days, or all but public holidays and the ISO weekdays in `no_delivery_on`.
    """

    days: int
    source: str
    no_delivery_on: str = ""

    def delivers_on(self, day: date, country: str) -> bool:
        if not self.no_delivery_on:
            return is_working_day(day, country)
        return str(day.isoweekday()) not in self.no_delivery_on and not is_public_holiday(day, country)


ELSEWHERE = Transit(5, "our own")
TRANSITS = {
    "DE": Transit(4, "AO s. 122 (2): presumed on the fourth day since 1 January 2025; counted here in working days"),
    "GB": Transit(2, "CPR 6.26: the second day after posting by first class, moved to a business day"),
    "NL": Transit(2, "practice on BW 6:96 (6): the second day, without Sundays, Mondays and holidays", "17"),
}


def received_on(posted_on: date, country: str) -> date:
    """The day on which a letter posted on `posted_on` counts as received by a customer in `country`.

    `country` is ISO 3166 in two letters; letters abroad take longer, and are not known here.
    """
    transit, day = TRANSITS.get(country, ELSEWHERE), posted_on
    for _ in range(transit.days):
        day += DAY
        while not transit.delivers_on(day, country):
            day += DAY
    return day
