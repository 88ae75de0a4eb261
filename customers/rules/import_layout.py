"""How to read one file: what was detected, what a person chose, and what still has to be asked."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from customers.rules.import_cell import Cell
from customers.rules.import_columns import AMOUNTS, CONSTANTS, DATES, Mapping, match_headers
from customers.rules.import_dates import needs_order, orders_of
from customers.rules.import_numbers import marks_of, needs_mark


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said about a file; empty means: find out."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    dates: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    @property
    def mapping(self) -> Mapping:
        return Mapping(self.columns, self.constants)


@dataclass(frozen=True, slots=True)
class Question:
    """Something the file does not say. `about` is dates, decimal or the name of a column."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is read. `decimal` and `dates` stay empty while no value needed them."""

    kind: str
    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    places: dict[str, int]
    constants: dict[str, str]
    decimal: str
    dates: str
    questions: tuple[Question, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> "Layout":
        return cls(
            **{
                **saved,
                "headers": tuple(saved["headers"]),
                "questions": tuple(Question(**question) for question in saved["questions"]),
            }
        )


class Evidence:
    """What the values of a file prove about its dates and amounts, one row after the other."""

    def __init__(self, places: dict[str, int]) -> None:
        self._dates = {places[column]: Column() for column in DATES if column in places}
        self._amounts = [places[column] for column in AMOUNTS if column in places]
        self._money = Column()

    def add(self, row: Sequence[Cell]) -> None:
        for place, column in self._dates.items():
            if place < len(row):
                column.see(orders_of(row[place : place + 1]), needs_order(row[place]))
        for place in self._amounts:
            if place < len(row):
                self._money.see(marks_of(row[place : place + 1]), needs_mark(row[place]))

    @property
    def decimal(self) -> str:
        return self._money.verdict

    @property
    def decimal_is_in_doubt(self) -> bool:
        return self._money.is_in_doubt

    @property
    def dates(self) -> str:
        """The order that all date columns agree on, or empty."""
        verdicts = {column.verdict for column in self._dates.values() if column.verdict}
        return verdicts.pop() if len(verdicts) == 1 else ""

    def doubtful_dates(self) -> list[int]:
        """Places of the date columns that could be read both ways; all of them when they contradict each other."""
        doubtful = [place for place, column in self._dates.items() if column.is_in_doubt]
        proven = [place for place, column in self._dates.items() if column.proofs]
        return doubtful or (proven if proven and not self.dates else [])


class Column:
    """What one column proved so far."""

    def __init__(self) -> None:
        self.proofs: set[str] = set()
        self._was_ambiguous = False

    def see(self, proofs: set[str], is_ambiguous: bool) -> None:
        self.proofs |= proofs
        self._was_ambiguous |= is_ambiguous

    @property
    def verdict(self) -> str:
        return next(iter(self.proofs)) if len(self.proofs) == 1 else ""

    @property
    def is_in_doubt(self) -> bool:
        return not self.verdict and (self._was_ambiguous or len(self.proofs) > 1)


def settle(
    kind: str,
    encoding: str,
    delimiter: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    choices: Choices,
) -> Layout:
    """Decide how a file is read from its headers and `rows` (as many as are needed), and ask what they do not say.

    Raises MappingRefusal when the chosen mapping does not suit the headers.
    """
    match = match_headers(headers, choices.mapping)
    evidence = Evidence(match.places)
    for row in rows:
        evidence.add(row)
    questions = [
        *(_missing(column) for column in match.missing),
        *(_rivals(column, names) for column, names in match.rivals.items()),
        *([] if choices.dates else _dates(headers, evidence)),
        *([_decimal()] if evidence.decimal_is_in_doubt and not choices.decimal else []),
    ]
    return Layout(
        kind=kind,
        encoding=encoding,
        delimiter=delimiter,
        headers=tuple(headers),
        places=match.places,
        constants=choices.constants,
        decimal=choices.decimal or evidence.decimal,
        dates=choices.dates or evidence.dates,
        questions=tuple(questions),
    )


def _missing(column: str) -> Question:
    or_else = ", or give one value for all rows" if column in CONSTANTS else ""
    return Question(column, f"The file has no column for {column}. Say which of its columns it is{or_else}.")


def _rivals(column: str, names: Sequence[str]) -> Question:
    return Question(column, f"{' and '.join(f'“{name}”' for name in names)} could both be {column}. Choose one.")


def _dates(headers: Sequence[str], evidence: Evidence) -> list[Question]:
    doubtful = evidence.doubtful_dates()
    if not doubtful:
        return []
    names = ", ".join(f"“{headers[place]}”" for place in doubtful)
    return [Question("dates", f"The dates of {names} can be read in two ways. Say whether days or months come first.")]


def _decimal() -> Question:
    return Question("decimal", "The amounts can be read in two ways: 1,234 or 1.234. Say what marks the decimals.")
