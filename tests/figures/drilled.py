"""Each number of things leads to as many things."""

from dunning.figures.asking import behind
from dunning.figures.book import REPORTS
from dunning.figures.columns import Kind, Share
from dunning.figures.question import Question


def same_behind(key: str, question: Question) -> int:
    """Check it for every row and column of the report; returns how many numbers were compared."""
    report, led = REPORTS[key], 0
    for row in report.rows(question):
        for column, value in zip(report.columns, row.values, strict=True):
            if not column.only:
                continue
            unit = column.unit or report.unit
            assert unit, (key, column.name)
            found = behind(unit, question, part=row.part, currency=row.currency, only=column.only, each=column.each)
            number = value.part if isinstance(value, Share) and value.is_counted else value
            if column.kind in (Kind.COUNT, Kind.SHARE) and isinstance(number, int):
                assert len(found) == number, (key, row.part, column.name)
                led += 1
    return led
