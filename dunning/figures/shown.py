"""A report's rows as people read them: a panel per currency with its chart and table, and lines for a spreadsheet."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from customers.rules.import_text import escaped
from customers.rules.money import MINOR_UNITS
from customers.wording import bare_money
from dunning.figures.columns import Column, Estimate, Kind, Row, Share
from dunning.figures.report import Report

COLOUR = "#2f686d"
LONG = 10  # letters of a label
PER_CENT = (Kind.SHARE, Kind.RATE, Kind.ESTIMATE)
PARTS = {
    Kind.SHARE: ("_part", "_whole", "_rate", "_low", "_high"),
    Kind.ESTIMATE: ("", "_low", "_high"),
    Kind.ESTIMATED_DAYS: ("", "_low", "_high"),
}


class Cell(NamedTuple):
    """One value: what it says, what stands small below it, and the condition whose things it counts."""

    text: str
    note: str = ""
    column: str = ""
    only: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    part: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Panel:
    """The rows of one currency; `chart` and `options` are for Chart.js, `height` in pixels."""

    currency: str
    lines: list[Line]
    chart: str
    options: str
    height: int


def panels(report: Report, rows: Sequence[Row]) -> list[Panel]:
    """One panel for each currency: amounts of two currencies never share an axis."""
    currencies = list(dict.fromkeys(row.currency for row in rows))
    return [_panel(report, currency, [row for row in rows if row.currency == currency]) for currency in currencies]


def _panel(report: Report, currency: str, rows: list[Row]) -> Panel:
    lines = [
        Line(
            row.label,
            row.part,
            [_cell(c, value, currency) for c, value in zip(report.columns, row.values, strict=True)],
        )
        for row in rows
    ]
    place = [column.name for column in report.columns].index(report.drawn)
    drawn = report.columns[place]
    chart = {
        "labels": [row.label for row in rows],
        "datasets": [
            {
                "label": drawn.title,
                "backgroundColor": COLOUR,
                "data": [_height(drawn, row.values[place]) for row in rows],
            }
        ],
    }
    is_wide = any(len(row.label) > LONG for row in rows)
    height = 80 + 28 * len(rows) if is_wide else 200
    return Panel(currency, lines, json.dumps(chart), json.dumps(_options(drawn, is_wide=is_wide)), height)


def _height(column: Column, value: Any) -> float | None:
    if isinstance(value, Share):
        value = value.rate
    if isinstance(value, Estimate):
        value = value.value
    if value is None:
        return None
    return round(float(value) * (100 if column.kind in PER_CENT else 1), 4)


def _options(column: Column, *, is_wide: bool) -> dict[str, Any]:
    """Bars lie where their names are long."""
    unit = "%" if column.kind in PER_CENT else "days" if column.kind in (Kind.DAYS, Kind.ESTIMATED_DAYS) else ""
    axis = {"beginAtZero": True, "title": {"display": bool(unit), "text": unit}}
    plain = {"grid": {"display": False}}
    return {
        "maintainAspectRatio": False,
        "animation": False,
        "plugins": {"legend": {"position": "bottom", "labels": {"boxWidth": 12}}},
        **({"indexAxis": "y"} if is_wide else {}),
        "scales": {"x": axis, "y": plain} if is_wide else {"x": plain, "y": axis},
    }


def _cell(column: Column, value: Any, currency: str) -> Cell:
    if value is None:
        return Cell("–")
    if isinstance(value, Share):
        return _share_cell(column, value, currency)
    if isinstance(value, Estimate):
        return _estimate_cell(column, value)
    return Cell(_words(column.kind, value, currency), "", column.name, column.only)


def _words(kind: Kind, value: Any, currency: str) -> str:
    match kind:
        case Kind.MONEY:
            return bare_money(value, currency)
        case Kind.COUNT:
            return f"{value:,}"
        case Kind.RATE:
            return percent(float(value))
        case Kind.DAYS:
            return f"{float(value):,.1f}".removesuffix(".0")
        case Kind.NUMBER:
            return f"{float(value):,.4f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


def _share_cell(column: Column, share: Share, currency: str) -> Cell:
    if share.rate is None:
        return Cell("–")
    if not share.is_counted:
        of = f"{bare_money(share.part, currency)} of {bare_money(share.whole, currency)}" if currency else ""
        return Cell(percent(share.rate), of, column.name, column.only)
    note = f"{share.part:,} of {share.whole:,}"
    if share.interval:
        note += f"; {100 * share.interval.low:.0f}–{100 * share.interval.high:.0f} %"
    return Cell(percent(share.rate), note, column.name, column.only)


def _estimate_cell(column: Column, found: Estimate) -> Cell:
    if column.kind is Kind.ESTIMATE:
        return Cell(percent(found.value), f"{100 * found.low:.0f}–{100 * (found.high or 0):.0f} %")
    return Cell(f"{found.value:.0f}", f"{found.low:.0f}–{found.high:.0f}" if found.high else f"{found.low:.0f} or more")


def percent(rate: float) -> str:
    """34.2 %"""
    return f"{100 * rate:,.1f}\N{NO-BREAK SPACE}%"


def csv_lines(report: Report, rows: Sequence[Row]) -> Iterator[list[str]]:
    """A header and a line for each row, in plain numbers; a share takes five columns, an estimate three.

    No text is run as a formula.
    """
    yield ["group", "currency", *(name for column in report.columns for name in _csv_names(column))]
    for row in rows:
        cells = [
            cell
            for column, value in zip(report.columns, row.values, strict=True)
            for cell in _csv_cells(column, value, row.currency)
        ]
        yield [escaped(row.label), row.currency, *cells]


def _csv_names(column: Column) -> list[str]:
    return [f"{column.name}{part}" for part in PARTS.get(column.kind, ("",))]


def _csv_cells(column: Column, value: Any, currency: str) -> list[str]:
    if column.kind is not Kind.SHARE:
        told = value if isinstance(value, Estimate) else (value,) * len(PARTS.get(column.kind, ("",)))
        return [_plain(column.kind, one, currency) for one in told]
    is_money = any(isinstance(one, Decimal) for one in (value.part, value.whole))
    kind = Kind.MONEY if is_money else Kind.COUNT
    rates = (value.rate, *(value.interval or (None, None)))
    return [
        *(_plain(kind, one, currency) for one in (value.part, value.whole)),
        *(_plain(Kind.RATE, one, currency) for one in rates),
    ]


def _plain(kind: Kind, value: Any, currency: str) -> str:
    if value is None:
        return ""
    if kind is Kind.MONEY:
        return f"{value:.{MINOR_UNITS.get(currency, 2)}f}"
    return str(value) if kind is Kind.COUNT else f"{float(value):.6f}"
