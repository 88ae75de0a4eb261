"""On the desk: debits that took a payment back, money that came back, and our own accounts."""

from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from payments.models import BankAccount, BankLine, Payment, Refund, RefundReversal
from payments.operations.bank_files import take_in
from tests.bank import Credit, camt
from tests.people import NOW, owes, person
from tests.screens.pressing import press

pytestmark = pytest.mark.django_db
IBAN = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def ada() -> Customer:
    ada = person("Ada Lindgren")
    owes(ada, "120.00", number="R-2026-0001")
    return ada


def came(*credits: Credit) -> BankLine:
    take_in(camt(*credits), name="statement.xml", now=NOW, by=None)
    return BankLine.objects.get(amount__lt=0)


PAID = Credit("120.00", "R-2026-0001", "BK1")
BACK = Credit("-50.00", "AC04", "BK2", is_return=True)


def page(client: Client, line: BankLine) -> str:
    return client.get(f"/desk/payments/bankline/{line.pk}/change/").content.decode()


def test_suggested_payment_is_taken_back_by_one_click_and_once(ada: Customer, collector: Client) -> None:
    line = came(PAID, BACK)
    told = page(collector, line)
    assert "Which payment did the bank take back?" in told and "Taken back from Ada Lindgren" in told
    sent = {"payment": Payment.objects.get().pk}
    for _ in range(2):
        collector.post(f"/desk/payments/bankline/{line.pk}/take-back/", sent)
    assert (ada.invoices.get().balance, Refund.objects.count()) == (50, 1)
    assert "Taken back" in page(collector, line)


def test_payment_that_is_no_suggestion_is_not_taken_back(ada: Customer, collector: Client) -> None:
    line = came(PAID, BACK)
    Payment.objects.update(currency="USD")
    answer = collector.post(
        f"/desk/payments/bankline/{line.pk}/take-back/", {"payment": Payment.objects.get().pk}, follow=True
    )
    assert "The books have changed" in answer.content.decode() and not Refund.objects.exists()


def test_return_without_a_payment_says_what_to_do(collector: Client) -> None:
    assert "No payment in the books fits." in page(collector, came(BACK))


def test_debit_not_for_us_can_be_taken_for_a_return(ada: Customer, collector: Client) -> None:
    line = came(PAID, Credit("-50.00", "something", "BK2"))
    press(collector, "is_return", line)
    assert "Taken back from Ada Lindgren" in page(collector, line)


def test_money_that_came_back_is_recorded_once_on_the_refunds_page(ada: Customer, manager: Client) -> None:
    came(PAID, BACK)
    manager.post(
        f"/desk/payments/bankline/{BankLine.objects.get(amount__lt=0).pk}/take-back/",
        {"payment": Payment.objects.get().pk},
    )
    press(manager, "came_back", Refund.objects.get(), on="2026-03-10", reason="Dispute won")
    assert (ada.invoices.get().balance, RefundReversal.objects.get().reason) == (0, "Dispute won")
    told = manager.get(f"/desk/payments/refund/{Refund.objects.get().pk}/change/").content.decode()
    assert "came back on 10 March 2026" in told and "The money came back to us" not in told


def account(**changes: str) -> dict[str, Any]:
    facts = {"currency": "eur", "holder": "Example Company", "iban": IBAN, "bic": "cobadeff", "is_shown": "on"}
    return {**facts, "account_number": "", "routing_code": "", "bank_name": "", **changes}


def test_account_is_stored_as_banks_write_it(manager: Client) -> None:
    manager.post("/desk/payments/bankaccount/add/", account())
    found = BankAccount.objects.get()
    assert (found.currency, found.iban, found.bic) == ("EUR", IBAN.replace(" ", ""), "COBADEFF")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"iban": "DE88370400440532013000"}, "This is no IBAN"),
        ({"iban": ""}, "Give the IBAN, or the account number"),
        ({"account_number": "1"}, "not both"),
        ({"bic": "COBA"}, "This is no BIC"),
        ({"currency": "XXX"}, "ISO 4217"),
    ],
)
def test_mistyped_account_is_refused(manager: Client, changes: dict[str, str], told: str) -> None:
    page = manager.post("/desk/payments/bankaccount/add/", account(**changes)).content.decode()
    assert told in page and not BankAccount.objects.exists()
