"""What laws give, in the laws' own numbers."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.terms import Ceiling, FixedSums, PointsAboveBase, Scale, UnreadableTerms, read_terms

NL = "15% of 2500; 10% of 2500; 5% of 5000; 1% of 190000; 0.5%; at least 40; at most 6775"
UK = "40 below 1000; 70 below 10000; 100"


def given_by(terms: str, debt: str, currency: str = "EUR") -> D:
    read = read_terms(terms)
    assert isinstance(read, FixedSums | Scale)
    return read.amount(D(debt), currency)


@pytest.mark.parametrize(
    ("debt", "costs"),
    [
        ("10", "40"),
        ("266.66", "40"),
        ("1000", "150"),
        ("2500", "375"),
        ("5000", "625"),
        ("10000", "875"),
        ("23000", "1005"),
        ("200000", "2775"),
        ("1000000", "6775"),
        ("5000000", "6775"),
        ("266.70", "40.01"),
    ],
)
def test_dutch_scale_gives_what_the_decree_says(debt: str, costs: str) -> None:
    assert given_by(NL, debt) == D(costs)


@pytest.mark.parametrize(
    ("debt", "sum_"), [("1", "40"), ("999.99", "40"), ("1000", "70"), ("9999.99", "70"), ("10000", "100")]
)
def test_british_sums_go_by_the_size_of_the_debt(debt: str, sum_: str) -> None:
    assert given_by(UK, debt, "GBP") == D(sum_)


def test_forty_euros_are_forty_euros() -> None:
    assert given_by("40", "0.01") == given_by("40", "1000000") == D(40)


@given(smaller=st.integers(0, 10**9), more=st.integers(0, 10**9), terms=st.sampled_from([NL, UK, "40"]))
def test_larger_debt_never_costs_less(smaller: int, more: int, terms: str) -> None:
    assert given_by(terms, str(smaller)) <= given_by(terms, str(smaller + more))


def test_ceilings_and_points_are_read() -> None:
    assert read_terms("up to 2.50") == Ceiling(D("2.50"))
    assert read_terms(" base +  9 ".replace("  ", " ")) == PointsAboveBase(D(9))


@pytest.mark.parametrize(
    "terms",
    [
        "",
        "forty",
        "40;",
        "40; 70",
        "70 below 100; 40 below 10; 5",
        "15% of 100",
        "at least 40",
        "10%; 5%",
        "up to",
        "-1",
    ],
)
def test_terms_nobody_can_read_are_refused_with_examples(terms: str) -> None:
    with pytest.raises(UnreadableTerms, match="Write for example 40"):
        read_terms(terms)
