"""What a rehearsal adds up to: counts and money per day, kind and channel. Currencies stand apart."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dunning.rules.rehearsal import Event, Kind
from dunning.rules.words import Tone

MONEY_OF = (Kind.LETTER, Kind.CHARGE, Kind.FEE)  # what letters ask for, what cards are charged, what laws allow


@dataclass(slots=True)
class Day:
    """One day: how many events of each kind, letters by channel and by tone, and money per kind and currency."""

    counts: Counter[Kind] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    tones: Counter[Tone] = field(default_factory=Counter)
    money: dict[tuple[Kind, str], Decimal] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Count one event."""
        self.counts[event.kind] += 1
        if event.kind == Kind.LETTER and event.step:
            self.channels[event.step.channel] += 1
            self.tones[event.step.tone] += 1
        if event.kind in MONEY_OF:
            for currency, amount in event.amounts:
                key = event.kind, currency
                self.money[key] = self.money.get(key, Decimal(0)) + amount

    def take_in(self, other: "Day") -> None:
        """Add another day to this one."""
        self.counts += other.counts
        self.channels += other.channels
        self.tones += other.tones
        for key, amount in other.money.items():
            self.money[key] = self.money.get(key, Decimal(0)) + amount


@dataclass(slots=True)
class Totals:
    """All days of a rehearsal, and how many customers they concern."""

    days: dict[date, Day] = field(default_factory=dict)
    customers: int = 0

    def add(self, events: Iterable[Event]) -> None:
        """Count one customer's events."""
        self.customers += 1
        for event in events:
            self.days.setdefault(event.on, Day()).add(event)

    @property
    def whole(self) -> Day:
        """All days as one."""
        whole = Day()
        for day in self.days.values():
            whole.take_in(day)
        return whole

    def as_json(self) -> dict[str, Any]:
        """For storing; `from_json` reads it again. Amounts are text, so that no cent is lost."""
        days = {day.isoformat(): day_as_json(self.days[day]) for day in sorted(self.days)}
        return {"customers": self.customers, "days": days}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Totals":
        """What `as_json` wrote."""
        days = {date.fromisoformat(day): _day(counted) for day, counted in told["days"].items()}
        return cls(days, told["customers"])


def day_as_json(day: Day) -> dict[str, Any]:
    """The day with plain words as keys."""
    money: dict[str, dict[str, str]] = {}
    for (kind, currency), amount in sorted(day.money.items()):
        money.setdefault(kind.value, {})[currency] = str(amount)
    return {
        "counts": {kind.value: day.counts[kind] for kind in Kind if day.counts[kind]},
        "channels": dict(sorted(day.channels.items())),
        "tones": {tone.name.lower(): day.tones[tone] for tone in Tone if day.tones[tone]},
        "money": money,
    }


def _day(told: dict[str, Any]) -> Day:
    return Day(
        counts=Counter({Kind(kind): number for kind, number in told["counts"].items()}),
        channels=Counter(told["channels"]),
        tones=Counter({Tone[name.upper()]: number for name, number in told["tones"].items()}),
        money={
            (Kind(kind), currency): Decimal(amount)
            for kind, amounts in told["money"].items()
            for currency, amount in amounts.items()
        },
    )
