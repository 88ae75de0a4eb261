"""Bringing in accounts by clicking: upload, preview, questions, confirm, progress, result."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from customers.models import ImportRun, Invoice
from customers.operations import imports
from tests.importing import ROW, csv_of, row
from tests.people import NOW
from tests.screens.conftest import signed_in

UPLOAD = "/desk/customers/importrun/import/"


def upload(client: Client, content: bytes, name: str = "accounts.csv") -> tuple[ImportRun, str]:
    """Upload a file; the run and the page it leads to."""
    response = client.post(UPLOAD, {"import_file": SimpleUploadedFile(name, content)}, follow=True)
    assert response.status_code == 200
    return ImportRun.objects.latest("pk"), text_of(response.content)


def text_of(content: bytes) -> str:
    """What a reader sees, blanks put together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode()))


def press(client: Client, run: ImportRun, button: str, **data: str) -> str:
    response = client.post(reverse(f"admin:customers_importrun_{button}", args=[run.pk]), data, follow=True)
    assert response.status_code == 200
    run.refresh_from_db()
    return text_of(response.content)


def page(client: Client, run: ImportRun) -> str:
    return client.get(reverse("admin:customers_importrun_change", args=[run.pk])).content.decode()


def test_file_goes_from_upload_to_result(manager: Client) -> None:
    assert "Upload and preview" in manager.get(UPLOAD).content.decode()
    run, preview = upload(manager, csv_of(row(), row(invoice_number="2", currency="?"), row(invoice_number="3")))
    assert "What would happen with 3 rows" in preview
    assert "2 new invoices" in preview
    assert "3 currency ? is not a currency in use Write the three letters of ISO 4217" in preview
    assert "UTF-8" in preview
    assert not Invoice.objects.exists()
    result = press(manager, run, "confirm")
    assert run.state == "done"
    assert "Done: 3 rows" in result
    assert Invoice.objects.count() == 2
    refused = manager.get(reverse("admin:customers_importrun_issues", args=[run.pk, "refused"]))
    assert refused["Content-Disposition"] == f'attachment; filename="import-{run.pk}-refused.csv"'
    assert b"".join(refused.streaming_content).count(b"\r\n") == 2  # type: ignore[attr-defined]


def test_date_order_is_asked_for_and_answered(manager: Client) -> None:
    run, asked = upload(manager, csv_of(row(issued_on="", due_on="03/04/2026")))
    assert run.state == "asking"
    assert "can be read in two ways" in asked
    answers = {f"header_{column}": column for column in ROW}
    preview = press(manager, run, "read", dates="day-first", **answers)
    assert run.state == "read"
    assert "3 April 2026" in preview
    assert run.choices.columns == {}


def test_columns_are_mapped_and_constants_given(manager: Client) -> None:
    content = b"Account,Bill,Falls due,Sum\nC-1,7,2026-02-14,100\n"
    run, asked = upload(manager, content)
    assert "The file has no column for customer_number" in asked
    preview = press(manager, run, "read", header_customer_number="Account", header_customer_name="Account",
                    header_invoice_number="Bill", header_due_on="Falls due", header_amount="Sum",
                    constant_currency="EUR")  # fmt: skip
    assert run.state == "read", preview
    press(manager, run, "confirm")
    assert Invoice.objects.get().currency == "EUR"
    again, _ = upload(manager, content)
    assert (again.state, again.unchanged) == ("read", 1)


def test_header_and_constant_for_one_column_are_refused(manager: Client) -> None:
    run, _ = upload(manager, csv_of(row()))
    said = press(manager, run, "read", header_currency="currency", constant_currency="EUR")
    assert "Choose either a column of the file for currency, or one value." in said
    assert run.state == "read"


def test_refused_file_says_why(manager: Client) -> None:
    run, said = upload(manager, b"%PDF-1.7", "accounts.csv")
    assert "This is a PDF. Save the table as CSV or XLSX and upload that." in said
    assert press(manager, run, "confirm").count("Nothing was changed") == 1


def test_upload_without_file_is_asked_for_one(manager: Client) -> None:
    assert "This field is required" in manager.post(UPLOAD, {"pressed": "1"}).content.decode()


def test_markup_in_a_file_is_shown_as_text(manager: Client) -> None:
    content = csv_of(row(customer_name="<script>alert(1)</script>"), row(invoice_number="2", amount="<b>x</b>"))
    upload(manager, content, "<img src=x>.csv")
    run = ImportRun.objects.get()
    shown = page(manager, run)
    assert "<script>alert" not in shown
    assert "<b>x</b>" not in shown
    assert "<img src=x>" not in shown


def test_discarded_file_is_gone(manager: Client) -> None:
    run, _ = upload(manager, csv_of(row()))
    assert "is discarded" in press(manager, run, "discard")
    assert run.state == "discarded"


def test_large_import_is_left_to_the_worker_and_shows_progress(
    manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SMALL_IMPORT", 1)
    run, _ = upload(manager, csv_of(row(), row(invoice_number="2")))
    assert "The worker takes the rows within a minute" in press(manager, run, "confirm")
    assert 'http-equiv="refresh"' in page(manager, run)
    ImportRun.objects.update(state="applying", cursor=2)
    assert "<strong>66%</strong>" in page(manager, run)
    imports.apply_confirmed(now=NOW)
    done = page(manager, run)
    assert "Done: 2 rows" in text_of(done.encode())
    assert 'http-equiv="refresh"' not in done


def test_large_upload_is_read_by_the_worker(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "SMALL_FILE", 10)
    run, said = upload(manager, csv_of(row()))
    assert "The file is being read" in said
    imports.read_uploaded(now=NOW)
    assert "What would happen with 1 row" in text_of(page(manager, run).encode())


@pytest.mark.parametrize("button", ["read", "confirm", "discard"])
def test_nothing_changes_by_get(manager: Client, button: str) -> None:
    run, _ = upload(manager, csv_of(row()))
    assert manager.get(reverse(f"admin:customers_importrun_{button}", args=[run.pk])).status_code == 405


def test_only_those_who_may_import_can(collector: Client, auditor: Client) -> None:
    run, _ = upload(collector, csv_of(row()))
    assert auditor.get(UPLOAD).status_code == 403
    assert auditor.post(UPLOAD, {"import_file": SimpleUploadedFile("a.csv", csv_of(row()))}).status_code == 403
    for button in ("read", "confirm", "discard"):
        assert auditor.post(reverse(f"admin:customers_importrun_{button}", args=[run.pk])).status_code == 403
    assert "Confirm import" not in page(auditor, run)
    run.refresh_from_db()
    assert run.state == "read"


def test_stranger_sees_nothing(manager: Client) -> None:
    run, _ = upload(manager, csv_of(row(), row(amount="?", invoice_number="2")))
    stranger = signed_in("nils")
    assert stranger.get(reverse("admin:customers_importrun_change", args=[run.pk])).status_code == 403
    assert stranger.get(reverse("admin:customers_importrun_issues", args=[run.pk, "refused"])).status_code == 403


def test_template_holds_every_column_and_can_be_imported(manager: Client) -> None:
    response = manager.get(reverse("admin:customers_importrun_template"))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    run, preview = upload(manager, content)
    assert (run.state, run.new) == ("read", 1), preview


def test_list_leads_to_the_import(manager: Client) -> None:
    upload(manager, csv_of(row()))
    assert UPLOAD in manager.get(reverse("admin:customers_importrun_changelist")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_list_needs_the_same_queries_for_any_number_of_imports(
    manager: Client, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        upload(manager, csv_of(row()))
    with django_assert_max_num_queries(8):
        manager.get(reverse("admin:customers_importrun_changelist"))


@pytest.mark.parametrize("number", [1, 3])
def test_page_needs_the_same_queries_for_any_number_of_rows(
    manager: Client, number: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run, _ = upload(manager, csv_of(*(row(invoice_number=f"{n}", amount="1" if n else "?") for n in range(number + 1))))
    with django_assert_max_num_queries(12):
        page(manager, run)
