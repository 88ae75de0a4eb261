"""What a report is: its words, its columns, where its rows come from, and what lies behind each number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dunning.figures.asking import OF_CUSTOMERS, grouped, rows_of
from dunning.figures.columns import Column, Row, Unit
from dunning.figures.question import Question

NOT_YET = "Nothing of it can be in progress."


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `unit` is what its numbers lead to, None where they count no things; its measures are the rows.

    `drawn`: the column the chart shows. `filters`: which filters it knows. `answers`: how it answers a question, where
    the rows are more than what was measured of its units. `span`: days of its usual period. `has_period`: the dates
    of a period mean something to it.
    """

    key: str
    title: str
    asks: str
    definition: Sequence[str]
    cohort: str
    in_progress: str
    columns: Sequence[Column]
    drawn: str
    unit: Unit | None = None
    answers: Callable[[Question], list[Row]] | None = None
    filters: Sequence[str] = tuple(OF_CUSTOMERS)
    interval: str = "Shares of counts carry their 95 % interval (Wilson)."
    span: int = 180
    has_period: bool = True

    @property
    def groups(self) -> Mapping[str, str]:
        """Name → words of what its rows may be grouped by; empty where there is nothing to choose."""
        known = self.unit.groups if self.unit else {}
        return {name: words for name, (words, _) in known.items()} if len(known) > 1 else {}

    def rows(self, question: Question) -> list[Row]:
        """Its answer, worked out now."""
        if self.answers:
            return self.answers(question)
        assert self.unit, f"{self.key} counts nothing"
        return rows_of(grouped(self.unit, question), self.columns)
