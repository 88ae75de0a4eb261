from datetime import date
import pytest
from dunning.figures.book import REPORTS
from dunning.figures.asking import behind
from dunning.figures.question import Question

@pytest.mark.parametrize("key", REPORTS)
def test_every_report_answers(db, key):
    r = REPORTS[key]
    for by in ["", *r.groups]:
        for filters in ({}, *({f: "x"} for f in r.filters)):
            q = Question(date(2026,3,2), date(2025,12,1), date(2026,3,2), by=by, **filters)
            assert r.rows(q) == []
            if r.unit:
                for c in r.columns:
                    if c.only:
                        assert behind(r.unit, q, part="x", currency="EUR", only=c.only) == []
