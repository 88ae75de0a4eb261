"""The free letter before collection costs: what it says, when it arrives, what it allows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunning.rules.letter import as_text, compile_text, compose
from payments.rules.claims import ClaimKind, Law, LawBook
from payments.rules.cost_letters import Announced, LateDebt, arrived_on, to_announce
from payments.rules.terms import read_terms
from tests.rules.letters import URL, facts

D = Decimal
TODAY = date(2026, 3, 2)
LAW = Law(
    id=1,
    kind=ClaimKind.COST,
    who="consumer",
    countries=frozenset({"NL"}),
    currency="EUR",
    terms=read_terms("15% of 2500; 10% of 2500; 5% of 5000; 1% of 190000; 0.5%; at least 40; at most 6775"),
    base_rate="",
    is_rate_fixed=False,
    is_by_itself=False,
    wait_days=14,
    from_step=0,
    source="Art. 6:96 BW",
    valid_from=date(2026, 1, 1),
    valid_until=None,
)
BOOK = LawBook(laws=(LAW,), base_rates={}, policy=((date(2026, 1, 1), True),))
TEXT = compile_text("Invoices", "Hello {customer_name},\n\n{invoice_list}\n\n{costs_warning}\n\n{pay_button}")


def debt(number: int, balance: str, *, late_by: int = 9, currency: str = "EUR") -> LateDebt:
    return LateDebt(number, TODAY - timedelta(days=late_by), D(balance), currency)


def announced(*debts: LateDebt, country: str = "NL", who: str = "consumer", book: LawBook = BOOK) -> Announced | None:
    return to_announce(book, debts, country=country, who=who, today=TODAY)


def test_costs_are_counted_once_from_the_sum_and_shared_by_size() -> None:
    told = announced(
        debt(1, "100.00"), debt(2, "200.00"), debt(3, "500.00", late_by=0), debt(4, "9.00", currency="USD")
    )
    assert told
    assert (told.owed, told.costs, told.days) == (300, 45, 14)
    assert told.shares == {1: 15, 2: 30}


@given(st.lists(st.decimals("0.01", 30000, places=2), min_size=1, max_size=8))
def test_shares_add_up_to_the_costs(balances: list[D]) -> None:
    told = announced(*(debt(n, str(balance)) for n, balance in enumerate(balances)))
    assert told
    assert sum(told.shares.values()) == told.costs
    assert min(told.shares.values()) >= 0


@pytest.mark.parametrize(
    ("country", "who", "book"),
    [
        ("DE", "consumer", BOOK),
        ("NL", "business", BOOK),
        ("NL", "unknown", BOOK),
        ("NL", "consumer", LawBook(laws=(LAW,), base_rates={}, policy=())),
    ],
)
def test_nobody_else_is_told_of_costs(country: str, who: str, book: LawBook) -> None:
    assert announced(debt(1, "100.00"), country=country, who=who, book=book) is None


@pytest.mark.parametrize(
    ("sent", "by_post", "arrives"),
    [
        ("2026-03-06", False, "2026-03-06"),
        ("2026-03-03", True, "2026-03-06"),
        ("2026-03-06", True, "2026-03-11"),  # Friday: Saturday, Tuesday, Wednesday
        ("2026-03-07", True, "2026-03-12"),
    ],
)
def test_post_arrives_on_the_third_day_on_which_it_is_brought(sent: str, arrives: str, *, by_post: bool) -> None:
    assert arrived_on(date.fromisoformat(sent), by_post=by_post) == date.fromisoformat(arrives)


def test_letter_says_what_is_owed_the_days_and_the_exact_costs_in_dutch_and_in_its_own_language() -> None:
    told = announced(debt(1, "300.00"))
    said = as_text(compose(TEXT, facts(costs=told, country="NL")).body, URL).replace("\xa0", " ")
    assert "€ 300,00 zonder extra kosten te betalen, binnen 14 dagen vanaf de dag nadat u dit bericht" in said
    assert "mogen wij € 45,00 aan incassokosten rekenen (artikel 6:96 BW)" in said
    assert "within 14 days from the day after you received this message" in said
    dutch = as_text(compose(TEXT, facts(costs=told, language="nl")).body, URL)
    assert "within 14 days" not in dutch


def test_letter_without_costs_has_no_gap_for_them() -> None:
    assert "\n\n\n" not in as_text(compose(TEXT, facts()).body, URL)
