"""What a file changes in the books, and what it does not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import (
    Contact,
    Customer,
    CustomerChange,
    ImportIssue,
    ImportMapping,
    ImportPiece,
    ImportRow,
    ImportRun,
    Invoice,
    LedgerEntry,
)
from customers.operations import import_apply, imports, ledger
from customers.operations.ledger import Posting, post
from customers.queries import ledger_faults
from customers.rules.import_layout import Choices
from customers.tasks import take_imports
from tests.importing import ROW, books, counts, csv_of, problems, read, row, take
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db


def only_invoice() -> Invoice:
    return Invoice.objects.get()


def entries() -> list[tuple[str, Decimal, date]]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount", "occurred_on"))


def pay(invoice: Invoice, amount: str) -> None:
    post([Posting(invoice.pk, LedgerEntry.Kind.PAID, -Decimal(amount), date(2026, 2, 20), "desk")], now=NOW)


def test_row_becomes_customer_contact_invoice_and_ledger() -> None:
    run = take(csv_of(row(phone="+46 8 123456", country="SE", segment="retail", description="Flour")))
    assert counts(run) == {"new": 1}
    assert (run.state, run.new_customers) == ("done", 1)
    customer = Customer.objects.get()
    assert (customer.number, customer.name, customer.segment) == ("C-1", "Lindqvist Bakery", "retail")
    assert (customer.language, customer.country, customer.time_zone) == ("en", "SE", "Europe/Stockholm")
    contact = Contact.objects.get()
    assert (contact.email, contact.phone, contact.is_primary) == ("anna@lindqvist.example", "+46 8 123456", True)
    invoice = only_invoice()
    assert (invoice.amount, invoice.balance, invoice.description) == (100, 100, "Flour")
    assert entries() == [("invoiced", 100, date(2026, 1, 15))]
    assert list(CustomerChange.objects.values_list("customer_id", flat=True)) == [customer.pk]


def test_customer_without_country_gets_the_desks_zone_and_language() -> None:
    take(csv_of(row()))
    assert (Customer.objects.get().language, Customer.objects.get().time_zone) == ("en", "UTC")


def test_same_file_twice_changes_nothing() -> None:
    content = csv_of(row(paid_amount="30"), row(invoice_number="2026-002", paid_amount=""))
    take(content)
    before = books()
    CustomerChange.objects.all().delete()
    run = take(content, now=NOW + timedelta(days=1))
    assert counts(run) == {"unchanged": 2}
    assert books() == before
    assert not CustomerChange.objects.exists()
    assert not Invoice.objects.filter(updated_at__gt=NOW).exists()


def test_absent_cells_and_columns_say_nothing() -> None:
    take(csv_of(row(phone="+46 8 123456", segment="retail", description="Flour", language="de")))
    take(csv_of({**ROW, "email": ""}, {**ROW, "invoice_number": "2026-002", "email": ""}))
    take(csv_of({name: cell for name, cell in ROW.items() if name not in ("email", "issued_on")}))
    assert Contact.objects.get().email == "anna@lindqvist.example"
    assert Contact.objects.get().phone == "+46 8 123456"
    assert (Customer.objects.get().segment, Customer.objects.get().language) == ("retail", "de")
    first = Invoice.objects.get(number="2026-001")
    assert (first.description, first.issued_on) == ("Flour", date(2026, 1, 15))


def test_absent_rows_mean_nothing() -> None:
    take(csv_of(row(), row(invoice_number="2026-002")))
    take(csv_of(row(invoice_number="2026-003")))
    assert Invoice.objects.filter(balance=100).count() == 3


def test_new_facts_are_taken_and_announced() -> None:
    take(csv_of(row()))
    CustomerChange.objects.all().delete()
    run = take(csv_of(row(customer_name="Lindqvist AB", email="billing@lindqvist.example", due_on="2026-02-20")))
    assert counts(run) == {"changed": 1}
    assert run.changed_customers == 1
    assert Customer.objects.get().name == "Lindqvist AB"
    assert Contact.objects.get().email == "billing@lindqvist.example"
    assert only_invoice().due_on == date(2026, 2, 20)
    assert CustomerChange.objects.count() == 1


def test_facts_spread_over_rows_are_put_together() -> None:
    take(csv_of(row(email="", phone="+46 8 123456"), row(invoice_number="2026-002", phone="")))
    assert (Contact.objects.get().email, Contact.objects.get().phone) == ("anna@lindqvist.example", "+46 8 123456")


def test_paid_amount_is_the_sum_so_far_and_only_the_difference_is_posted() -> None:
    take(csv_of(row(paid_amount="30", paid_on="2026-02-01")))
    take(csv_of(row(paid_amount="80", paid_on="2026-02-10")))
    assert entries() == [
        ("invoiced", 100, date(2026, 1, 15)),
        ("paid", -30, date(2026, 2, 1)),
        ("paid", -50, date(2026, 2, 10)),
    ]
    assert only_invoice().balance == 20


def test_payment_the_desk_knows_is_not_posted_again() -> None:
    take(csv_of(row()))
    pay(only_invoice(), "30")
    take(csv_of(row(paid_amount="80")))
    assert only_invoice().balance == 20


def test_paid_on_alone_pays_in_full() -> None:
    take(csv_of(row(paid_on="2026-02-01")))
    assert only_invoice().balance == 0
    assert entries()[-1] == ("paid", -100, date(2026, 2, 1))


def test_payment_without_date_has_the_day_of_the_import() -> None:
    take(csv_of(row(paid_amount="10")))
    assert entries()[-1] == ("paid", -10, NOW.date())


def test_changed_amount_of_an_open_invoice_is_posted_as_difference() -> None:
    take(csv_of(row()))
    take(csv_of(row(amount="120")))
    take(csv_of(row(amount="90")))
    assert [amount for _, amount, _ in entries()] == [100, 20, -30]
    assert (only_invoice().amount, only_invoice().balance) == (90, 90)


def test_file_never_reopens_what_a_payment_closed() -> None:
    take(csv_of(row()))
    pay(only_invoice(), "100")
    run = take(csv_of(row(amount="150", paid_amount="0")))
    assert counts(run) == {"conflicts": 1}
    assert only_invoice().balance == 0
    assert [p[2] for p in problems(run)] == ["amount"]


def test_file_that_knows_of_less_money_is_a_conflict_the_books_win() -> None:
    take(csv_of(row()))
    pay(only_invoice(), "60")
    run = take(csv_of(row(paid_amount="20", due_on="2026-02-28")))
    assert problems(run) == [(2, "conflict", "paid_amount", "is less than the 60 in the books")]
    assert (only_invoice().balance, only_invoice().due_on) == (40, date(2026, 2, 28))


def test_file_that_knows_of_more_money_than_is_open_settles_what_is_open() -> None:
    take(csv_of(row()))
    ledger.credit(only_invoice(), Decimal(30), reason="broken", now=NOW, on=NOW.date(), by=None)
    run = take(csv_of(row(paid_amount="100")))
    assert [kind for _, kind, _, _ in problems(run)] == ["conflict"]
    assert only_invoice().balance == 0
    before = books()
    assert counts(take(csv_of(row(paid_amount="100")))) == {"unchanged": 1}  # both say: closed
    assert books() == before


def test_amount_below_what_is_settled_is_a_conflict() -> None:
    take(csv_of(row(paid_amount="60")))
    assert counts(take(csv_of(row(amount="50")))) == {"conflicts": 1}
    assert (only_invoice().amount, only_invoice().balance) == (100, 40)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"customer_number": "C-2"}, "customer_number"),
        ({"currency": "USD"}, "currency"),
        ({"issued_on": "", "due_on": "2026-01-01"}, "due_on"),
    ],
)
def test_row_that_contradicts_what_cannot_change_is_refused(cells: dict[str, str], column: str) -> None:
    take(csv_of(row()))
    before = books()
    run = take(csv_of(row(**cells)))
    assert counts(run) == {"refused": 1}
    assert [found for _, _, found, _ in problems(run)] == [column]
    assert books() == before


def test_preview_foresees_what_happens() -> None:
    take(csv_of(row(), row(invoice_number="2026-002"), row(invoice_number="2026-003")))
    pay(Invoice.objects.get(number="2026-002"), "100")
    content = csv_of(
        row(due_on="2026-02-20"),
        row(invoice_number="2026-002", amount="150"),
        row(invoice_number="2026-003"),
        row(invoice_number="2026-004"),
        row(invoice_number="2026-005", currency="?"),
        row(invoice_number="2026-006", customer_number="C-2", customer_name="New", email=""),
        row(invoice_number="2026-001", customer_number="C-3"),
    )
    foreseen = read(content)
    before = books()
    expected = counts(foreseen), foreseen.new_customers, problems(foreseen)
    assert books() == before
    imports.confirm(foreseen, now=NOW)
    imports.apply_confirmed(now=NOW)
    foreseen.refresh_from_db()
    assert (counts(foreseen), foreseen.new_customers, problems(foreseen)) == expected
    assert sum(counts(foreseen).values()) == foreseen.rows == 7


def test_mapping_is_remembered_for_files_with_the_same_headers() -> None:
    content = b"Account,Bill,Due by,Sum\nC-1,7,2026-02-14,100\n"
    columns = {"customer_number": "Account", "customer_name": "Account", "invoice_number": "Bill", "due_on": "Due by"}
    take(content, columns={**columns, "amount": "Sum"}, constants={"currency": "EUR"})
    assert ImportMapping.objects.count() == 1
    assert counts(take(b"Sum,Account,Due by,Bill\n100,C-1,2026-02-14,8\n")) == {"new": 1}


def test_question_is_answered_by_choosing() -> None:
    run = read(csv_of(row(issued_on="", due_on="03/04/2026")))
    assert run.state == "asking"
    assert not ImportRow.objects.exists()
    imports.choose(run, Choices(dates="day-first"), now=NOW)
    run.refresh_from_db()
    assert run.state == "read"
    assert ImportRow.objects.get().due_on == date(2026, 4, 3)


def test_value_beyond_the_sample_that_needs_an_answer_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.operations.import_reading.SAMPLE", 1)
    ambiguous = csv_of(row(), row(invoice_number="2", issued_on="", due_on="03/04/2026"))
    assert read(ambiguous).state == "asking"
    decided = csv_of(row(), row(invoice_number="2", issued_on="01/02/2026", due_on="03/04/2026"),
                     row(invoice_number="3", issued_on="13/02/2026", due_on="14/04/2026"))  # fmt: skip
    run = read(decided)
    assert (run.state, run.found["dates"]) == ("read", "day-first")


def test_confirming_twice_applies_once() -> None:
    run = read(csv_of(row()))
    assert imports.confirm(run, now=NOW)
    assert not imports.confirm(run, now=NOW)
    assert imports.apply_confirmed(now=NOW) == 1
    assert imports.apply_confirmed(now=NOW) == 0


def test_discarded_file_leaves_nothing_behind() -> None:
    run = read(csv_of(row(), row(invoice_number="2", amount="?")))
    assert imports.discard(run)
    assert not (ImportRow.objects.exists() or ImportPiece.objects.exists() or ImportIssue.objects.exists())
    assert not imports.confirm(run, now=NOW)


def test_file_nobody_confirms_is_discarded_after_a_week() -> None:
    forgotten, refused = read(csv_of(row())), read(b"%PDF")
    assert imports.discard_forgotten(now=NOW + timedelta(days=7)) == 0
    fresh = read(csv_of(row()), now=NOW + timedelta(days=8))
    assert imports.discard_forgotten(now=NOW + timedelta(days=8)) == 1
    states = [ImportRun.objects.get(pk=run.pk).state for run in (forgotten, refused, fresh)]
    assert states == ["discarded", "refused", "read"]
    assert set(ImportPiece.objects.values_list("run", flat=True)) == {fresh.pk}


def test_finished_import_leaves_only_its_counts_and_issues() -> None:
    take(csv_of(row(), row(invoice_number="2", amount="?")))
    assert not (ImportRow.objects.exists() or ImportPiece.objects.exists())
    assert ImportIssue.objects.count() == 1


def test_upload_in_pieces_is_read_as_one_file() -> None:
    content = csv_of(*(row(invoice_number=str(n)) for n in range(50)))
    pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
    run = imports.upload("accounts.csv", pieces, choices=Choices(), by=None, now=NOW)
    assert imports.read_uploaded(now=NOW) == 1
    run.refresh_from_db()
    assert (run.state, run.new, run.size) == ("read", 50, len(content))


def uploaded(content: bytes) -> ImportRun:
    return imports.upload("accounts.csv", [content], choices=Choices(), by=None, now=NOW)


def test_file_that_cannot_be_read_stops_no_other() -> None:
    broken, good = uploaded(csv_of(row())), uploaded(csv_of(row()))
    ImportRun.objects.filter(pk=broken.pk).update(chosen={"no such choice": 7})
    assert imports.read_uploaded(now=NOW) == 2
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, good.state) == ("refused", "read")
    assert "unexpected error" in broken.refusal


def test_file_whose_reading_is_broken_off_again_and_again_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(_point: str) -> None:
        raise Killed

    run = uploaded(csv_of(row()))
    with monkeypatch.context() as crash:
        crash.setattr("customers.operations.import_staging.crashpoint", kill)
        for _ in range(3):
            with pytest.raises(Killed):
                imports.read_uploaded(now=NOW)
    imports.read_uploaded(now=NOW)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("refused", 3)
    assert run.refusal.startswith("Reading was broken off 3 times")


def test_discarded_file_is_not_read_by_a_worker_that_saw_it_before() -> None:
    seen_before = uploaded(csv_of(row()))
    assert imports.discard(ImportRun.objects.get())
    imports.read(seen_before, now=NOW)
    assert ImportRun.objects.get().state == seen_before.state == ImportRun.State.DISCARDED
    assert not ImportRow.objects.exists()


def test_confirmed_import_goes_in_before_new_files_are_read() -> None:
    waiting = uploaded(csv_of(row(customer_name="Later")))
    imports.confirm(read(csv_of(row())), now=NOW)
    ImportRun.objects.update(uploaded_at=timezone.now())  # the door reads the clock, and an old upload is forgotten
    take_imports()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.changed_customers, waiting.new) == ("read", 1, 0)


def test_rows_lost_in_a_crash_of_the_database_are_said_to_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_apply, "CHUNK", 1)
    run = read(csv_of(row(), row(invoice_number="2")))
    imports.confirm(run, now=NOW)
    imports._begin(run)
    import_apply.apply_chunk(run, now=NOW)
    ImportRow.objects.all().delete()
    imports.apply_confirmed(now=NOW)
    run.refresh_from_db()
    assert run.state == ImportRun.State.REFUSED
    assert "after row 2" in run.refusal
    assert Invoice.objects.count() == 1


def test_small_import_does_not_overtake_one_that_was_interrupted() -> None:
    first, second = read(csv_of(row())), read(csv_of(row(customer_name="Later")))
    imports.confirm(first, now=NOW)
    imports.confirm(second, now=NOW)
    assert not imports.apply_now(second, now=NOW)
    assert imports.apply_confirmed(now=NOW) == 2
    assert Customer.objects.get().name == "Later"


def test_import_does_not_touch_other_customers() -> None:
    owes(person("Grace Okafor"), "50")
    before = Customer.objects.values().get()
    take(csv_of(row()))
    assert Customer.objects.values().get(number="GRACE-OKAFOR") == before


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


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
