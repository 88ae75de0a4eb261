"""The life of an import: uploaded, read, previewed, confirmed, taken in; or discarded, broken off, lost."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from customers.models import Customer, DueChange, ImportIssue, ImportMapping, ImportPiece, ImportRow, ImportRun, Invoice
from customers.operations import import_apply, imports
from customers.rules.import_layout import Choices
from customers.tasks import take_imports
from tests.importing import books, counts, csv_of, pay, problems, read, row, take
from tests.people import NOW

pytestmark = pytest.mark.django_db


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


def test_earlier_due_date_is_remembered_with_its_last_moment_and_stays() -> None:
    take(csv_of(row(due_on="2026-02-14")))
    take(csv_of(row(due_on="2026-02-20")))
    take(csv_of(row(due_on="2026-02-20", description="Consulting")))
    assert list(DueChange.objects.values_list("was_due_on", "changed_at")) == [(date(2026, 2, 14), NOW)]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DueChange.objects.all().delete()


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
