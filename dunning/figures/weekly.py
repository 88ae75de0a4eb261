"""What managers read each Monday: three charts made of table cells, and the one thing to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.template.loader import render_to_string

from customers.wording import bare_money
from dunning.figures.book import REPORTS
from dunning.figures.columns import Row, Share
from dunning.figures.question import Question
from dunning.figures.report import Report
from dunning.figures.shown import percent
from dunning.rules.figures.standing_out import LIMITS, Seen, furthest

Ask = Callable[[Report], list[Row]]
AskWeek = Callable[[Report, Question], list[Row]]
MONTHS = 3  # newest cohorts of each currency


class Bar(NamedTuple):
    """`width` in per cent of the cell."""

    label: str
    text: str
    width: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One report in a mail; `key` leads to its page."""

    key: str
    title: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Look:
    """The one thing to look at: a sentence, and the report it is from; no report: nothing stands out."""

    words: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    as_of: date
    charts: list[Chart]
    look: Look


def week(as_of: date, ask: Ask, of_week: AskWeek) -> Week:
    """The figures as of the last day of the week; `ask` answers a report's usual question about it, `of_week` any."""
    charts = [
        Chart("ageing", "Open, by days past due", list(_ages(ask(REPORTS["ageing"])))),
        Chart("recovery", "Recovered of what was late, by month due", list(_recovered(ask(REPORTS["recovery"])))),
        Chart("forecast", "Expected within 30 days, of what is open", list(_expected(ask(REPORTS["forecast"])))),
    ]
    return Week(as_of, charts, _look(of_week, as_of))


def as_mail(week: Week, *, address: str, company: str) -> tuple[str, str, str]:
    """Subject, plain text and HTML; `address`: where the desk is."""
    subject = f"{company}: the week to {week.as_of:%-d %B %Y}"
    facts = {"week": week, "address": address, "company": company}
    text = render_to_string("desk/weekly_mail.txt", facts)
    return subject, text, render_to_string("desk/weekly_mail.html", facts)


def _ages(rows: list[Row]) -> Iterator[Bar]:
    for row in rows:
        amount, share = _value("ageing", row, "amount"), _value("ageing", row, "share")
        yield _bar(f"{row.currency}, {row.label}", bare_money(amount, row.currency), share)


def _recovered(rows: list[Row]) -> Iterator[Bar]:
    for currency in dict.fromkeys(row.currency for row in rows):
        for row in [row for row in rows if row.currency == currency][-MONTHS:]:
            share, still = _value("recovery", row, "recovered"), _value("recovery", row, "open")
            text = f"{percent(share.rate)} of {share.whole:,}; {percent(still.rate)} in progress"
            yield _bar(f"{currency}, {row.label}", text, share)


def _expected(rows: list[Row]) -> Iterator[Bar]:
    for row in rows:
        if row.label.strip() == "30 days":
            yield _bar(
                row.currency,
                f"{bare_money(_value('forecast', row, 'expected'), row.currency)} {row.currency}",
                _value("forecast", row, "share"),
            )


def _bar(label: str, text: str, share: Share) -> Bar:
    return Bar(label, text, round(100 * min(1, max(0, share.rate or 0))))


def _value(key: str, row: Row, column: str) -> Any:
    return row.values[[one.name for one in REPORTS[key].columns].index(column)]


def _look(of_week: AskWeek, as_of: date) -> Look:
    worst = furthest([*_seen(of_week, as_of)])
    if worst is None:
        return Look("Nothing stands out this week.")
    key, _, _ = worst.key.partition("/")
    return Look(f"{percent(worst.rate)} {LIMITS[worst.key].words} ({worst.where}).", key)


def _seen(of_week: AskWeek, as_of: date) -> Iterator[Seen]:
    """Every share that has a limit, in every country and currency."""
    for key, limit in LIMITS.items():
        report_key, _, column = key.partition("/")
        report, last = REPORTS[report_key], as_of - timedelta(days=limit.ago)
        for row in of_week(report, Question(as_of, last - timedelta(days=limit.days - 1), last, by="country")):
            share: Share = _value(report_key, row, column)
            where = f"{report.title}, {row.label}" + (f", {row.currency}" if row.currency else "")
            if share.rate is not None:
                things = share.whole if share.is_counted else row.values[0]  # a report begins with how many there are
                yield Seen(key, share.rate, share.interval, things, where)
