"""What is asked of a report: the day it stands for, the cohort's days, the grouping and the filters."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any


class Basis(StrEnum):
    """Which entries of the ledger a past date knows."""

    BOOKS = "books"
    VALUE = "value"


DAY = "{day}"  # in a statement: the day of an entry, by the basis
CHOSEN = "{chosen}"  # further conditions on an `invoice`: those asked about; early in a statement it looks at no others
# A day's books know what was written by its end and has its value by then; they never change afterwards.
DAYS = {
    Basis.BOOKS: "greatest(entry.occurred_on, (entry.recorded_at AT TIME ZONE 'UTC')::date)",
    Basis.VALUE: "entry.occurred_on",
}
AFTER = {
    Basis.BOOKS: "(entry.recorded_at >= %(end)s OR entry.occurred_on > %(as_of)s)",
    Basis.VALUE: "entry.occurred_on > %(as_of)s",
}


@dataclass(frozen=True, slots=True)
class Question:
    """`as_of`: the last day whose facts count. `first` to `last`: the cohort's days. Empty filters: everything."""

    as_of: date
    first: date
    last: date
    by: str = ""
    currency: str = ""
    segment: str = ""
    country: str = ""
    version: str = ""
    cause: str = ""
    channel: str = ""
    basis: Basis = Basis.BOOKS

    @property
    def end(self) -> datetime:
        """The first moment that does not count any more (UTC)."""
        return datetime.combine(self.as_of + timedelta(days=1), time(), UTC)

    def facts(self) -> dict[str, Any]:
        """For a statement; `until` is the last day of the cohort that counts."""
        until = min(self.last, self.as_of)
        asked = {name: value for name, value in asdict(self).items() if name not in ("basis", "by")}
        return {**asked, "end": self.end, "until": until, "first_at": datetime.combine(self.first, time(), UTC)}

    def sql(self, statement: str) -> str:
        """The statement with the day of an entry and what comes after `as_of`, by the basis, and with CHOSEN."""
        by_basis = statement.replace("{day}", DAYS[self.basis]).replace("{after}", AFTER[self.basis])
        return by_basis.replace("{chosen}", self._chosen)

    @property
    def _chosen(self) -> str:
        of_customer = [f"{name} = %({name})s" for name in ("segment", "country") if getattr(self, name)]
        chosen = " AND invoice.currency = %(currency)s" if self.currency else ""
        if of_customer:
            theirs = " AND ".join(of_customer)
            chosen += f" AND invoice.customer_id IN (SELECT id FROM customers_customer WHERE {theirs})"
        return chosen
