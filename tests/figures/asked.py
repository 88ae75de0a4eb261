"""Asking a report of small books: the values of one row."""

from datetime import date, datetime
from typing import Any

from dunning.figures.book import REPORTS
from dunning.figures.columns import Share
from dunning.figures.question import Basis, Question

AS_OF = date(2026, 6, 30)
ASKED = Question(AS_OF, date(2026, 1, 1), AS_OF, basis=Basis.VALUE)


def figures(key: str, by: str = "", part: str = "", **asked: Any) -> dict[str, Any]:
    """The values of the row of that group; of the only row when none is named."""
    question = Question(**{**{f: getattr(ASKED, f) for f in ("as_of", "first", "last", "basis")}, "by": by, **asked})
    rows = [row for row in REPORTS[key].rows(question) if part in ("", row.part)]
    assert len(rows) == 1, rows
    return dict(zip((column.name for column in REPORTS[key].columns), rows[0].values, strict=True))


def counts(share: Share) -> tuple[int, int]:
    return share.part, share.whole


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00+00:00")
