"""Balances that differ from the ledger are found, and the command says so by its exit status."""

import pytest
from django.core.management import call_command

from customers.models import Invoice
from customers.queries import ledger_faults
from tests.people import owes, person

pytestmark = pytest.mark.django_db


def test_sound_books_pass(capsys: pytest.CaptureFixture[str]) -> None:
    owes(person(), "10")
    call_command("check_ledger")
    assert (
        capsys.readouterr().out
        == "Invoices checked: 1. All agree with the ledger.\nPayments checked: 0. All agree with their parts.\n"
    )


@pytest.mark.parametrize("change", [{"balance": 9}, {"amount": 11}, {"currency": "XXX"}])
def test_difference_is_named(change: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    owes(person(), "10", number="2026-001")
    owes(person("Grace Okafor"), "20")
    Invoice.objects.filter(number="2026-001").update(**change)
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger")
    assert ended.value.code == 1
    assert capsys.readouterr().out.startswith("2026-001: ")


def test_decimals_the_currency_does_not_know_are_found() -> None:
    owes(person(), "10.50", "EUR", number="2026-001")
    Invoice.objects.update(currency="JPY")
    assert [fault.number for fault in ledger_faults()] == ["2026-001"]


def test_invoice_without_ledger_is_found() -> None:
    invoice = owes(person(), "10")
    Invoice.objects.create(
        customer=invoice.customer, number="bare", due_on=invoice.due_on, currency="EUR", amount=5, balance=5,
        created_at=invoice.created_at, updated_at=invoice.updated_at,
    )  # fmt: skip
    assert [fault.number for fault in ledger_faults()] == ["bare"]
