"""Whose money is it: points, sureness, and that doubt is never posted."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.creditor_reference import creditor_reference, references_in
from payments.rules.matching import LIKELY, SURE, Candidate, Debt, Match, Money, likely, matches, sure
from payments.rules.remittance import number_key, read_remittance

BOOKED = date(2026, 3, 2)
ADA, GRACE = 1, 2


def money(text: str = "", amount: str = "120.00", *, name: str = "", currency: str = "EUR") -> Money:
    return Money(Decimal(amount), currency, BOOKED, name, read_remittance(text))


def debt(number: str, balance: str = "120.00", *, pk: int = 10, due: int = 10, currency: str = "EUR") -> Debt:
    """An invoice due that many days before the money came."""
    return Debt(pk, number, BOOKED - timedelta(days=due), currency, Decimal(balance))


def customer(*debts: Debt, pk: int = ADA, name: str = "Ada Lindgren", known: bool = False) -> Candidate:
    return Candidate(pk, f"C-100{pk}", name, known, debts)


def only(money: Money, *candidates: Candidate) -> Match:
    [match] = matches(money, candidates)
    return match


@pytest.mark.parametrize(
    "text",
    [
        "R-2026-0001",
        "Invoice R-2026-0001, thank you",
        "rechnung r 2026 0001",
        "R2026/0001",
        "RG.NR.R-2026-\n0001VOM MAERZ",
        "SVWZ+R-2026-00 01 DANKE",
        "RF55 R202 6000 1",
    ],
)
def test_full_invoice_number_with_its_exact_amount_is_sure(text: str) -> None:
    match = sure(matches(money(text), [customer(debt("R-2026-0001"))]))
    assert match and match.invoice_ids == (10,) and "R-2026-0001" in match.why


@pytest.mark.parametrize("text", ["R-2O26-0001", "R-2026-1", "r 2026/001", "R-2026-OOO1", "R 2026-000l"])
def test_misspelt_number_is_sure_only_with_another_clue(text: str) -> None:
    ada = customer(debt("R-2026-0001"))
    assert sure(matches(money(text), [ada])) is None
    assert sure(matches(money(text, name="LINDGREN ADA"), [ada]))


@pytest.mark.parametrize("text", ["R-2026-00010", "R-2026-0011", "R-2025-0001", "2026", "X", ""])
def test_other_numbers_are_not_taken_for_it(text: str) -> None:
    match = only(money(text), customer(debt("R-2026-0001")))
    assert not match.names_invoice and match.why == "exactly what is open of invoice R-2026-0001"


@pytest.mark.parametrize("amount", ["119.99", "120.01", "60.00", "240.00"])
def test_other_amount_is_never_sure(amount: str) -> None:
    match = only(money("R-2026-0001", amount, name="Ada Lindgren"), customer(debt("R-2026-0001"), known=True))
    assert match.score >= SURE and not match.is_exact
    assert sure([match]) is None


def test_number_of_two_customers_is_never_sure() -> None:
    ada, grace = customer(debt("R-2026-0001")), customer(debt("R2026-0001", pk=20), pk=GRACE)
    assert sure(matches(money("R-2026-0001"), [ada, grace])) is None


def test_numbers_of_two_customers_in_one_text_are_never_sure() -> None:
    ada, grace = customer(debt("R-2026-0001")), customer(debt("R-2026-0002", "80.00", pk=20), pk=GRACE)
    assert sure(matches(money("R-2026-0001 R-2026-0002"), [ada, grace])) is None


def test_other_currency_is_never_sure() -> None:
    assert sure(matches(money("R-2026-0001"), [customer(debt("R-2026-0001", currency="USD"), known=True)])) is None


def test_short_number_is_never_sure() -> None:
    match = only(money("R-1", name="Ada Lindgren"), customer(debt("R-1"), known=True))
    assert match.score >= SURE and sure([match]) is None


def test_settled_invoice_is_recognised_and_never_sure() -> None:
    match = only(money("R-2026-0001"), customer(debt("R-2026-0001", "0")))
    assert "settled already" in match.why and sure([match]) is None


def test_several_numbers_with_their_sum_are_sure() -> None:
    ada = customer(debt("R-2026-0001", "100.00"), debt("R-2026-0002", "20.00", pk=11))
    match = sure(matches(money("R-2026-0001 und R-2026-0002"), [ada]))
    assert match and match.invoice_ids == (10, 11)


@pytest.mark.parametrize(
    ("amount", "ids", "why"),
    [
        ("50.00", (12,), "exactly what is open of invoice R-3"),
        ("30.00", (10, 11), "exactly all that is overdue"),
        ("80.00", (10, 11, 12), "exactly all that is open"),
        ("60.00", (10, 12), "exactly the sum of 2 invoices"),
        ("70.00", (11, 12), "exactly the sum of 2 invoices"),
    ],
)
def test_amount_finds_its_invoices(amount: str, ids: tuple[int, ...], why: str) -> None:
    debts = debt("R-1", "10.00", due=20), debt("R-2", "20.00", pk=11), debt("R-3", "50.00", pk=12, due=-10)
    match = only(money(amount=amount), customer(*debts))
    assert (match.invoice_ids, match.why) == (ids, why)


def test_customer_number_with_exact_amount_is_likely() -> None:
    match = only(money("Kunde C-1001"), customer(debt("R-2026-0001")))
    assert match.score >= LIKELY and "customer number C-1001" in match.why and sure([match]) is None


def test_known_account_alone_is_likely() -> None:
    assert [match.customer_id for match in likely(matches(money(amount="7.00"), [customer(known=True)]))] == [ADA]


@pytest.mark.parametrize("name", ["ada lindgren", "Lindgren, Ada", "LINDGREN ADA GMBH", "Ada Lindgrén"])
def test_name_is_recognised_however_the_bank_writes_it(name: str) -> None:
    assert "the payer has the customer's name" in only(money(name=name), customer(debt("R-1"))).why


def test_name_or_amount_alone_is_not_likely() -> None:
    assert not likely(matches(money(name="Ada Lindgren", amount="7.00"), [customer(debt("R-1"))]))
    assert not likely(matches(money(), [customer(debt("R-1"))]))


def test_reference_is_found_in_groups_and_with_words_behind() -> None:
    assert creditor_reference("R-2026-0001") == "RF55R20260001"
    assert creditor_reference("539007547034") == "RF18539007547034"  # the example of ISO 11649
    assert list(references_in("Zahlung RF18 5390 0754 7034")) == ["539007547034"]
    assert list(references_in("RF19539007547034")) == []
    assert creditor_reference("A" * 22) == creditor_reference("-") == ""


NUMBERS = st.from_regex(r"\A[A-Z]{0,3}-?20[0-9]{2}-?[0-9]{1,4}\Z")


@given(NUMBERS)
def test_every_number_is_found_by_its_reference_and_by_its_key(number: str) -> None:
    read = read_remittance(f"for {creditor_reference(number)} thanks")
    assert matches(Money(Decimal(5), "EUR", BOOKED, "", read), [customer(debt(number))])[0].names_invoice
    assert number_key(number) in read_remittance(f"x {number} y").keys


AMOUNTS = st.sampled_from([Decimal(10), Decimal(20), Decimal(30), Decimal(0)])
DEBTS = st.builds(
    Debt,
    id=st.integers(1, 9),
    number=st.sampled_from(["R-2026-001", "R2026-001", "R-2026-002", "R-2O26-002", "2026001", "R-1"]),
    due_on=st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    currency=st.sampled_from(["EUR", "USD"]),
    balance=AMOUNTS,
)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        customer_id=st.integers(1, 5),
        number=st.sampled_from(["C-1", "C-100", "2026"]),
        name=st.sampled_from(["Ada Lindgren", "Grace Okafor", ""]),
        account_known=st.booleans(),
        debts=st.lists(DEBTS, max_size=4, unique_by=lambda d: d.id).map(tuple),
    ),
    max_size=4,
    unique_by=lambda candidate: candidate.customer_id,
)
MONIES = st.builds(
    money,
    text=st.lists(st.sampled_from(["R-2026-001", "R-2026-002", "C-100", "R-1", "danke"]), max_size=3).map(" ".join),
    amount=st.sampled_from(["10", "20", "30", "50"]),
    name=st.sampled_from(["Ada Lindgren", "Okafor Grace", ""]),
)


@given(MONIES, CANDIDATES, st.randoms())
def test_order_of_the_candidates_does_not_matter(came: Money, candidates: list[Candidate], chance: object) -> None:
    shuffled = sorted(candidates, key=lambda _: chance.random())  # type: ignore[attr-defined]
    turned = [replace(candidate, debts=tuple(reversed(candidate.debts))) for candidate in shuffled]
    assert matches(came, candidates) == matches(came, turned)


@given(MONIES, CANDIDATES)
def test_sure_money_is_surely_of_one_customer(came: Money, candidates: list[Candidate]) -> None:
    match = sure(matches(came, candidates))
    if match is None:
        return
    of = next(candidate for candidate in candidates if candidate.customer_id == match.customer_id)
    assert sum(debt.balance for debt in of.debts if debt.id in match.invoice_ids) == came.amount
    # A double of this customer makes it a doubt, so never are two sure.
    double = replace(of, customer_id=99)
    assert sure(matches(came, [*candidates, double])) is None


@given(MONIES, CANDIDATES)
def test_score_is_between_1_and_100_and_says_why(came: Money, candidates: list[Candidate]) -> None:
    for match in matches(came, candidates):
        assert 1 <= match.score <= 100 and match.why
