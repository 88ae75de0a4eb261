"""The reference that we print comes back on the bank's statement, however typed, and finds its customer surely."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from payments.rules.creditor_reference import customer_reference, in_groups
from payments.rules.matching import Candidate, Debt, Money, matches, sure
from payments.rules.remittance import read_remittance
from payments.rules.transfer import Account, Owing, Transfer, transfers

EUROS = Account("Example Company", iban="DE89370400440532013000")
ADA, GRACE = 1, 2


def transfer(customer: str, *owing: Owing) -> Transfer:
    [found] = transfers(customer, owing, {"EUR": [EUROS]})
    return found


def debt(number: str, balance: str, pk: int) -> Debt:
    return Debt(pk, number, date(2026, 2, 1), "EUR", Decimal(balance))


def came(text: str, amount: str, currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency, date(2026, 3, 2), "", read_remittance(text))


NUMBERS = st.from_regex(r"\A[A-Za-z0-9]{1,4}([-/. ]?[A-Za-z0-9]{1,4}){0,3}\Z")
# How people and banks hand a reference on.
SPELLINGS = st.sampled_from(
    [str, str.lower, lambda text: text.replace(" ", ""), lambda text: text.replace(" ", "").lower()]
)
AROUND = st.tuples(st.sampled_from(["", "invoice ", "SVWZ+", "Zahlung: "]), st.sampled_from(["", " thanks", ", danke"]))


@given(NUMBERS, NUMBERS, SPELLINGS, AROUND, st.sampled_from(["60.00", "60.01", "10.00", "999.00"]), st.booleans())
def test_printed_reference_is_surely_found_whatever_the_amount(  # noqa: PLR0913
    customer: str, invoice: str, spelled: object, around: tuple[str, str], amount: str, several: bool
) -> None:
    owing = [Owing(invoice, "EUR", Decimal(60))] + [Owing("X-99", "EUR", Decimal(5))] * several
    printed = transfer(customer, *owing).reference
    text = around[0] + spelled(printed) + around[1]  # type: ignore[operator]
    ada = Candidate(ADA, customer, "Ada Lindgren", False, (debt(invoice, "60.00", 10), debt("X-99", "5.00", 11)))
    grace = Candidate(GRACE, "G-1", "Grace Okafor", False, (debt("G-2026-7", amount, 20),))
    match = sure(matches(came(text, amount), [grace, ada]))
    assert match and match.customer_id == ADA
    assert several or 10 in match.invoice_ids


@given(NUMBERS)
def test_customers_reference_is_a_valid_one_and_no_invoices(number: str) -> None:
    reference = customer_reference(number)
    assert iso11649.is_valid(reference)
    grace = Candidate(GRACE, "G-1", "Grace Okafor", False, (debt(number, "60.00", 20),))
    assert sure(matches(came(reference, "60.00"), [grace])) is None


def test_one_invoice_has_its_own_reference_and_several_have_the_customers() -> None:
    one, two = Owing("R-2026-0001", "EUR", Decimal(60)), Owing("R-2026-0002", "EUR", Decimal(5))
    assert transfer("C-7", one) == Transfer("EUR", Decimal(60), "RF55 R202 6000 1", (EUROS,))
    assert transfer("C-7", one, two).amount == 65
    assert transfer("C-7", one, two).reference == in_groups(customer_reference("C-7"))


def test_number_too_long_for_a_reference_stands_as_it_is() -> None:
    long = "2026-" + "7" * 20
    assert transfer("C-7", Owing(long, "EUR", Decimal(60))).reference == long
    assert customer_reference("9" * 19) == customer_reference("-") == ""


def test_currency_without_an_account_has_no_transfer() -> None:
    owing = [Owing("R-1", "USD", Decimal(5)), Owing("R-2", "EUR", Decimal(7))]
    assert [found.currency for found in transfers("C-7", owing, {"EUR": [EUROS], "USD": []})] == ["EUR"]


@pytest.mark.parametrize(("balance", "currency"), [("0", "EUR"), ("60.00", "USD")])
def test_reference_with_nothing_to_settle_waits_for_a_person(balance: str, currency: str) -> None:
    printed = transfer("C-7", Owing("R-2026-0001", "EUR", Decimal(60))).reference
    ada = Candidate(ADA, "C-7", "Ada Lindgren", False, (debt("R-2026-0001", balance, 10),))
    assert sure(matches(came(printed, "60.00", currency), [ada])) is None


def test_references_of_two_customers_in_one_text_are_never_sure() -> None:
    ada = Candidate(ADA, "C-7", "Ada Lindgren", False, (debt("R-2026-0001", "60.00", 10),))
    grace = Candidate(GRACE, "C-8", "Grace Okafor", False, (debt("R-2026-0002", "60.00", 20),))
    text = f"{customer_reference('C-7')} {customer_reference('C-8')}"
    assert sure(matches(came(text, "60.00"), [ada, grace])) is None
