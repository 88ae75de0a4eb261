"""The shipped decline tables as a pure book, read from their file; and what a card has been through."""

import tomllib
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from payments.rules.declines import (
    Auto,
    Cap,
    CapScope,
    Cause,
    Decline,
    DeclineBook,
    Layer,
    Meaning,
    Rule,
    Schedule,
    judge,
)
from payments.rules.methods import MethodKind
from payments.rules.retry_facts import RetryFacts, Tried

FILE = Path(__file__).parents[2] / "payments/tables/declines.toml"
TOLD: dict[str, Any] = tomllib.loads(FILE.read_text())
MASKED = sorted({code for group in TOLD["rules"] if group["layers"] == ["gateway"] for code in group.get("masked", ())})


def shipped_book(on: date) -> DeclineBook:
    """The file's rows that have begun on this day."""
    rules: dict[tuple[Layer, str], list[Rule]] = defaultdict(list)
    for group in TOLD["rules"]:
        for layer in group["layers"] if group["valid_from"] <= on else ():
            for row in group["rows"]:
                rules[Layer(layer), row[0]].append(_rule(Layer(layer), row, group))
    caps = [
        Cap(cap["network"], CapScope(cap["scope"]), cap["limit"], cap.get("same_amount", False), cap.get("country", ""))
        for cap in TOLD["caps"]
    ]
    schedules = [
        Schedule(Cause(row["cause"]), tuple(row["pauses"].split()), row.get("within_days"), row.get("notice_days", 0))
        for row in TOLD["schedules"]
    ]
    by_code = {key: tuple(found) for key, found in rules.items()}
    return DeclineBook(on, by_code, tuple(caps), {schedule.cause: schedule for schedule in schedules})


def _rule(layer: Layer, row: list[str], group: dict[str, Any]) -> Rule:
    code, meaning, auto, cause, first_move = row
    return Rule(
        layer,
        code,
        Meaning(meaning),
        Auto(auto),
        first_move,
        Cause(cause) if cause else None,
        code in group.get("masked", ()),
        code in group.get("this_payment_only", ()),
        code in group.get("death", ()),
        timedelta(hours=group.get("wait_hours", {}).get(code, 0)),
        frozenset(group.get("countries", {}).get(code, ())),
    )


BOOK = shipped_book(date(2026, 11, 22))


def refused(
    at: datetime,
    code: str = "insufficient_funds",
    *,
    advice: str = "",
    raw: str = "",
    mac: str = "",
    kind: MethodKind = MethodKind.CARD,
    brand: str = "Visa",
    country: str = "DE",
    amount: str = "50",
    invoice: int = 1,
) -> Tried:
    """One refused try for this invoice."""
    judgement = judge(Decline(code, advice, raw, mac), BOOK, kind=kind, brand=brand, country=country)
    return Tried(at, Decimal(amount), "EUR", judgement, frozenset([invoice]))


def card(*tries: Tried, closes_at: datetime, **facts: Any) -> RetryFacts:
    """A debt of 50 EUR on invoice 1 of a customer in Berlin, to be taken from a Visa card with these tries."""
    usual = {"brand": "Visa", "country": "DE", "issued_in": "DE", "time_zone": "Europe/Berlin"}
    return RetryFacts(
        amount=Decimal(50),
        currency="EUR",
        invoice_ids=frozenset([1]),
        tries=tries,
        closes_at=closes_at,
        **{**usual, **facts},
    )
