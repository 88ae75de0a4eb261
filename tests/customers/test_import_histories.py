"""Whatever files come in whatever order, the books balance."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Invoice
from customers.operations import import_apply
from customers.queries import ledger_faults
from tests.importing import books, counts, csv_of, read, row, take

pytestmark = pytest.mark.django_db


histories = st.lists(
    st.lists(
        st.fixed_dictionaries(
            {
                "customer_number": st.sampled_from(["A", "B"]),
                "invoice_number": st.sampled_from(["1", "2", "3"]),
                "amount": st.sampled_from(["10", "20", "30"]),
                "paid_amount": st.sampled_from(["", "0", "10", "20"]),
                "due_on": st.sampled_from(["2026-01-20", "2026-03-20"]),
                "currency": st.sampled_from(["EUR", "USD"]),
            }
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=histories, chunk=st.integers(1, 3))
def test_any_files_leave_balanced_books_and_come_twice_without_effect(
    files: list[list[dict[str, str]]], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_apply, "CHUNK", chunk)
    for rows in files:
        content = csv_of(*(row(**cells) for cells in rows))
        closed = set(Invoice.objects.filter(balance=0).values_list("number", flat=True))
        foreseen = read(content)
        run = take(content)
        assert sum(counts(run).values()) == run.rows
        assert counts(foreseen) == counts(run)
        assert not Invoice.objects.filter(number__in=closed).exclude(balance=0).exists()
        after = books()
        again = take(content)
        assert set(counts(again)) <= {"unchanged", "refused", "conflicts"}
        assert books() == after
        assert ledger_faults() == []
