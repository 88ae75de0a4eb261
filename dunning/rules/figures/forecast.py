"""What will come in, by what came in before from debts of the same age; and how far such forecasts were off."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from dunning.rules.figures.shares import rate


def pay_rates(past: Sequence[tuple[int, Decimal, Decimal]]) -> dict[int, Decimal]:
    """Bucket → share that was paid in time. `past`: (bucket, open on an earlier day, of it paid within the horizon).

    Weighted by amount: all paid ÷ all open, over the earlier days.
    """
    opened: dict[int, Decimal] = {}
    paid: dict[int, Decimal] = {}
    for place, amount, came in past:
        opened[place] = opened.get(place, Decimal(0)) + amount
        paid[place] = paid.get(place, Decimal(0)) + came
    return {place: paid[place] / amount for place, amount in opened.items() if amount}


def at_least(rates: Sequence[Mapping[int, Decimal]]) -> dict[int, Decimal]:
    """Bucket → the highest of its rates: what is paid within few days is paid within more."""
    places = {place for one in rates for place in one}
    return {place: max(one.get(place, Decimal(0)) for one in rates) for place in places}


def expected(still_open: Mapping[int, Decimal], rates: Mapping[int, Decimal]) -> Decimal:
    """The forecast: open per bucket × share of that bucket which was paid in time. Without a past: nothing."""
    return sum((amount * rates.get(place, Decimal(0)) for place, amount in still_open.items()), Decimal(0))


def accuracy(weeks: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """1 − Σ |actual − forecast| ÷ Σ actual (1 − WAPE), by week, of (forecast, actual). None when nothing came."""
    missed = sum((abs(actual - forecast) for forecast, actual in weeks), Decimal(0))
    share = rate(missed, sum((actual for _, actual in weeks), Decimal(0)))
    return None if share is None else 1 - share
