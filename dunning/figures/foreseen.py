"""What will come in: by what debts of the same age paid in the weeks before; and how far such forecasts were off.

`expected_within` is the only function that forecasts: another way of predicting takes its place there.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import NamedTuple

from dunning.figures.asking import fetched, rows_of
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.owed import OPEN, open_on
from dunning.figures.question import DAY, Question
from dunning.figures.report import Report
from dunning.queries.expected_payments import learnt_within
from dunning.rules.figures.forecast import accuracy, at_least, expected, pay_rates

WEEK = timedelta(days=7)
HORIZONS = (7, 30, 60, 90)
LOOKED_BACK = 8  # weeks whose behaviour a forecast goes by, and of which its accuracy is shown
AGES = (-30, -14, -7, 1, 8, 31, 61, 91, 121)  # days past due at which debts begin to behave otherwise
FURTHEST = LOOKED_BACK + ceil(HORIZONS[-1] / WEEK.days) - 1  # weeks back that a forecast looks at
SUMS = ", ".join(f"sum(in_{days})" for days in HORIZONS)
NONE = ", ".join(f"0 AS in_{days}" for days in HORIZONS)
WITHIN = ", ".join(
    f"coalesce(sum(-came.amount) FILTER (WHERE came.day <= standing.day + {days}), 0)" for days in HORIZONS
)
# What was open on each of some days by age, and what of it was paid in the days after, as far as is known.
STANDING = f"""
WITH standing AS MATERIALIZED (
  SELECT unit.id, unit.day, unit.currency, unit.amount,
    width_bucket(unit.days, ARRAY[{", ".join(map(str, AGES))}]) AS age
  FROM ({{open}}) AS unit)
SELECT day, currency, age, sum(amount), {SUMS}
FROM (
  SELECT day, currency, age, sum(amount) AS amount, {NONE} FROM standing GROUP BY 1, 2, 3
  UNION ALL
  SELECT standing.day, currency, age, 0, {WITHIN}
  FROM standing JOIN (
    SELECT entry.invoice_id, entry.amount, {DAY} AS day FROM customers_ledgerentry entry
    WHERE entry.kind IN ('paid', 'refunded') AND {DAY} <= %(as_of)s) AS came
  ON came.invoice_id = standing.id AND came.day > standing.day AND came.day <= standing.day + {HORIZONS[-1]}
  GROUP BY 1, 2, 3) AS part
GROUP BY 1, 2, 3
"""


class Standing(NamedTuple):
    """By age: what was open on a day, and what of it came in within each of HORIZONS."""

    open: dict[int, Decimal]
    came: dict[int, tuple[Decimal, ...]]


class Week(NamedTuple):
    """A week that is over: what had been forecast at its start of what was open then, and what came of it."""

    began: date
    forecast: Decimal
    actual: Decimal


class Past:
    """How debts stood and paid on the day of the question and whole weeks before it: all that forecasts ask about."""

    def __init__(self, question: Question) -> None:
        self.question = question

    @cached_property
    def read(self) -> dict[date, dict[str, Standing]]:
        """One query for all of these days."""
        days = [self.question.as_of - WEEK * back for back in range(FURTHEST, -1, -1)]
        found: dict[date, dict[str, Standing]] = {day: {} for day in days}
        for day, currency, age, amount, *came in fetched(STANDING.replace("{open}", open_on(days)), self.question):
            standing = found[day].setdefault(currency, Standing({}, {}))
            standing.open[age], standing.came[age] = amount, tuple(came)
        return found

    def on(self, day: date) -> Mapping[str, Standing]:
        return self.read[day]


def expected_within(past: Past, day: date, days: int) -> dict[str, Decimal]:
    """Currency → what will come in within `days` (one of HORIZONS) of what is open at the end of `day`.

    It goes by what was learnt in the night after `day`, where that is kept and all customers are asked about; else by
    the last LOOKED_BACK weeks whose outcome was known on `day`.
    """
    asked = past.question
    learnt = None if asked.segment or asked.country else learnt_within(day, days)
    if learnt is not None:
        return {currency: learnt.get(currency, Decimal(0)) for currency in past.on(day)}
    within = [_rates(past, day, horizon) for horizon in HORIZONS if horizon <= days]
    forecasts = {}
    for currency, now in past.on(day).items():
        forecasts[currency] = expected(now.open, at_least([rates.get(currency, {}) for rates in within]))
    return forecasts


def _rates(past: Past, day: date, days: int) -> dict[str, dict[int, Decimal]]:
    """Currency → age → share paid within `days`, over the last weeks whose outcome was known on `day`."""
    place = HORIZONS.index(days)
    first = day - WEEK * ceil(days / WEEK.days)  # whole weeks back: forecasts share the days they look at
    seen: dict[str, list[tuple[int, Decimal, Decimal]]] = defaultdict(list)
    for week in range(LOOKED_BACK):
        for currency, then in past.on(first - WEEK * week).items():
            seen[currency] += [(age, amount, then.came[age][place]) for age, amount in then.open.items()]
    return {currency: pay_rates(rows) for currency, rows in seen.items()}


def weeks(past: Past) -> dict[str, list[Week]]:
    """Currency → the last LOOKED_BACK weeks, newest first."""
    found: dict[str, list[Week]] = defaultdict(list)
    for back in range(1, LOOKED_BACK + 1):
        began = past.question.as_of - WEEK * back
        forecasts = expected_within(past, began, 7)
        for currency, standing in past.on(began).items():
            actual = sum((came[0] for came in standing.came.values()), Decimal(0))
            found[currency].append(Week(began, forecasts.get(currency, Decimal(0)), actual))
    return found


# Every row is about all that is open.
UNIT = Unit(OPEN, "customers_invoice", "invoice", measures={}, groups={"horizon": ("days ahead", "%(part)s::text")})
FORECAST_COLUMNS = (
    Column("open", "Open now", Kind.MONEY, lambda m: m["open"], only="TRUE"),
    Column("expected", "Expected", Kind.MONEY, lambda m: m["expected"], only="TRUE"),
    Column("share", "Of what is open", Kind.SHARE, lambda m: Share(m["expected"], m["open"], is_counted=False), "TRUE"),
    Column("accuracy", "Accuracy of the last 8 weeks", Kind.RATE, lambda m: m["accuracy"]),
)


def forecast(question: Question) -> list[Row]:
    """What is expected within 7, 30, 60 and 90 days of what is open at the date, per currency."""
    past = Past(question)
    before, found = weeks(past), []
    for days in HORIZONS:
        for currency, amount in expected_within(past, question.as_of, days).items():
            standing = past.on(question.as_of)[currency]
            sums = {"open": sum(standing.open.values()), "expected": amount}
            known = accuracy([(week.forecast, week.actual) for week in before.get(currency, ())])
            found.append({"part": f"{days:>2} days", "currency": currency, **sums, "accuracy": known})
    return rows_of(sorted(found, key=lambda one: (str(one["currency"]), str(one["part"]))), FORECAST_COLUMNS)


WORDS = (
    "Expected: what is open by days past due (or before) × the share that debts of that age paid within as many days, "
    "in the last eight weeks whose outcome was known; within more days at least as much as within fewer. Where a "
    "prediction that was learnt is kept of that day, and neither segment nor country is chosen, its sum stands "
    "instead. What is billed later is not in it.",
)
FORECAST = Report(
    key="forecast",
    title="Forecast",
    asks="What will come in of what is open?",
    definition=(
        *WORDS,
        "Accuracy: 1 − Σ |actual − forecast| ÷ Σ actual, over the last eight weeks, each forecast by what was known "
        "at its start.",
    ),
    cohort="Invoices open at the date of the report; the dates of the period play no part.",
    in_progress="All of it is ahead.",
    columns=FORECAST_COLUMNS,
    answers=forecast,
    drawn="share",
    unit=UNIT,
    interval="A forecast by rates: no interval; its past accuracy stands beside.",
    has_period=False,
)
# What was open when the week of a row began, and what of it came in within the week, each as a row of its own.
WEEK_UNIT = Unit(
    sql=f"""
  SELECT invoice.id, invoice.customer_id, invoice.number AS label, invoice.due_on AS on_day, invoice.currency, at.side,
    at.amount
  FROM (
    SELECT entry.invoice_id, sum(entry.amount) FILTER (WHERE {DAY} < %(part)s::date) AS held,
      -coalesce(sum(entry.amount) FILTER (WHERE kind IN ('paid', 'refunded') AND {DAY} >= %(part)s::date), 0) AS came
    FROM customers_ledgerentry entry WHERE {DAY} < %(part)s::date + {WEEK.days} GROUP BY 1) AS week
  JOIN customers_invoice invoice ON invoice.id = week.invoice_id
  CROSS JOIN LATERAL (VALUES ('open', held), ('came', came)) AS at (side, amount)
  WHERE held > 0 AND at.amount <> 0
""",
    page="customers_invoice",
    noun="invoice",
    measures={},
    groups={"week": ("week", "%(part)s::text")},
)
WEEK_COLUMNS = (
    Column("forecast", "Forecast", Kind.MONEY, lambda m: m["week"].forecast, "unit.side = 'open'"),
    Column("actual", "Came in", Kind.MONEY, lambda m: m["week"].actual, "unit.side = 'came'"),
    Column("missed", "Difference", Kind.MONEY, lambda m: m["week"].actual - m["week"].forecast),
    Column("accuracy", "Accuracy", Kind.RATE, lambda m: accuracy([(m["week"].forecast, m["week"].actual)])),
)


def forecast_past(question: Question) -> list[Row]:
    """Forecast and outcome of the last eight weeks, per currency, oldest first."""
    found = [
        {"part": f"{week.began + timedelta(days=1):%Y-%m-%d}", "currency": currency, "week": week}
        for currency, past in sorted(weeks(Past(question)).items())
        for week in reversed(past)
    ]
    return rows_of(found, WEEK_COLUMNS)


FORECAST_PAST = Report(
    key="forecast-past",
    title="Forecast and outcome",
    asks="How good were the forecasts of the last weeks?",
    definition=(*WORDS, "Each week is forecast by what was known at its start, and compared with what came in of it."),
    cohort="The eight weeks up to the date, by their first day.",
    in_progress="All of these weeks are over.",
    columns=WEEK_COLUMNS,
    answers=forecast_past,
    unit=WEEK_UNIT,
    drawn="accuracy",
    interval="A comparison of amounts: no interval.",
    has_period=False,
)
