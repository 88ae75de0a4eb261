"""Paying by bank transfer: our details on the customer's page and in the letters, only where there is an account."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from dunning.operations.tick import tick
from payments.models import BankAccount, BankLine
from payments.operations.bank_files import take_in
from tests.bank import Credit, camt
from tests.campaigns import standard_campaign
from tests.people import NOW, owes, reachable
from tests.portal.conftest import Door, words
from tests.provider import Provider

pytestmark = pytest.mark.django_db
Open = Callable[[Customer], Door]
IBAN = "DE89370400440532013000"


@pytest.fixture
def ada() -> Customer:
    return reachable("Ada Lindgren", number="C-7")


@pytest.fixture
def account() -> BankAccount:
    return BankAccount.objects.create(
        currency="EUR", holder="Example Company", iban=IBAN, bic="COBADEFFXXX", bank_name="Commerzbank"
    )


def test_page_gives_our_account_the_amount_and_a_reference(ada: Customer, account: BankAccount, door: Open) -> None:
    owes(ada, "60.00", number="R-2026-0001")
    page = words(door(ada).get())
    assert "Or pay by bank transfer" in page
    for detail in ("Example Company", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "RF55 R202 6000 1", "€60.00"):
        assert detail in page


def test_page_of_one_chosen_invoice_gives_its_own_reference(ada: Customer, account: BankAccount, door: Open) -> None:
    chosen = owes(ada, "60.00", number="R-2026-0001")
    owes(ada, "5.00", number="R-2026-0002")
    assert "RF55 R202 6000 1" not in words(door(ada).get())
    assert "RF55 R202 6000 1" in words(door(ada).get(f"pay/EUR/?invoice={chosen.pk}"))


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"is_shown": False}])
def test_no_account_in_this_currency_no_transfer(
    ada: Customer, account: BankAccount, door: Open, change: dict[str, object]
) -> None:
    BankAccount.objects.update(**change)
    owes(ada, "60.00")
    assert "transfer" not in words(door(ada).get())


@pytest.mark.parametrize(
    ("language", "told"),
    [("de", "Oder per Überweisung zahlen"), ("fr", "Ou payer par virement"), ("es", "O pagar por transferencia")],
)
def test_page_says_so_in_the_customers_language(account: BankAccount, door: Open, language: str, told: str) -> None:
    customer = reachable("Ada Lindgren", language=language)
    owes(customer, "60.00")
    page = words(door(customer).get())
    assert told in page and "Account holder" not in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Or pay by bank transfer. With this reference we find your money at once.\n\nAccount holder: Example"),
        ("de", "Verwendungszweck: RF55 R202 6000 1"),
        ("fr", "Titulaire du compte\N{NO-BREAK SPACE}: Example Company"),
        ("es", "Referencia: RF55 R202 6000 1"),
    ],
)
def test_letter_gives_the_same_and_its_reference_settles_the_invoice(
    account: BankAccount, provider: Provider, language: str, told: str
) -> None:
    standard_campaign(now=NOW)
    customer = reachable("Ada Lindgren", language=language)
    owes(customer, "60.00", number="R-2026-0001", due="2026-02-20")
    tick(now=NOW)
    [letter] = provider.accepted()
    assert told in letter["text"] and "DE89 3704 0044 0532 0130 00" in letter["text"]
    take_in(camt(Credit("45.00", "rf55 r202 6000 1", name="Somebody's bank")), name="x", now=NOW, by=None)
    assert (BankLine.objects.get().state, customer.invoices.get().balance) == ("posted", 15)


def test_letter_in_a_currency_without_account_says_nothing(
    ada: Customer, account: BankAccount, provider: Provider
) -> None:
    standard_campaign(now=NOW)
    owes(ada, "60.00", "USD", due="2026-02-20")
    tick(now=NOW)
    assert "transfer" not in provider.accepted()[0]["text"]
