"""Interest: exact, additive, never for frozen days; examples from the laws' own numbers."""

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from payments.rules.claims import ClaimKind, Law, LawBook, may_begin
from payments.rules.interest import Days, Since, interest, is_frozen, owed_by_day, rounded
from payments.rules.terms import PointsAboveBase

START = date(2026, 1, 1)
LONG_AGO = date(2020, 1, 1)
day = st.integers(0, 500).map(lambda n: START + timedelta(days=n))
amounts = st.integers(0, 10_000_00).map(lambda cents: D(cents) / 100)
values = st.lists(st.tuples(day, amounts), max_size=5, unique_by=lambda pair: pair[0]).map(
    lambda pairs: [Since(*pair) for pair in sorted(pairs)]
)
stretches = st.lists(
    st.tuples(day, st.none() | st.integers(0, 200)).map(
        lambda pair: Days(pair[0], None if pair[1] is None else pair[0] + timedelta(days=pair[1]))
    ),
    max_size=3,
)


def bears(owed: str, percent: str, first: date, last: date) -> D:
    exact = interest([Since(LONG_AGO, D(owed))], [Since(LONG_AGO, D(percent))], frozen=(), first_on=first, last_on=last)
    return rounded(exact, "EUR")


def test_british_ten_thousand_at_eleven_and_three_quarters_is_three_pounds_22_a_day() -> None:
    assert bears("10000", "11.75", START, START) == D("3.22")
    assert bears("10000", "11.75", START, START + timedelta(days=364)) == D("1175.00")


def test_german_business_debt_at_ten_point_27_for_59_days() -> None:
    assert bears("10000", "10.27", date(2026, 2, 1), date(2026, 3, 31)) == D("166.01")


def test_european_rate_changes_with_the_half_year() -> None:
    rates = [Since(START, D("10.15")), Since(date(2026, 7, 1), D("10.40"))]
    span = {"first_on": date(2026, 6, 16), "last_on": date(2026, 7, 10)}
    exact = interest([Since(LONG_AGO, D(1000))], rates, frozen=(), **span)
    assert exact == Fraction(1000) * (Fraction("10.15") * 15 + Fraction("10.40") * 10) / 36500
    assert rounded(exact, "EUR") == D("7.02")


def test_day_of_payment_bears_none_and_the_rest_goes_on() -> None:
    owed = owed_by_day(D(365), [(date(2026, 1, 11), D(-265))])
    rates = [Since(LONG_AGO, D(10))]
    assert interest(owed, rates, frozen=(), first_on=START, last_on=date(2026, 1, 10)) == 1
    span = {"first_on": date(2026, 1, 11), "last_on": date(2026, 1, 11)}
    assert interest(owed, rates, frozen=(), **span) == Fraction(100, 3650)


def test_overpaid_invoice_bears_none() -> None:
    assert [since.value for since in owed_by_day(D(100), [(START, D(-150)), (date(2026, 2, 1), D(60))])] == [100, 0, 10]


@given(owed=values, rates=values, frozen=stretches, days=st.tuples(day, day, day))
def test_two_adjoining_stretches_add_up_to_the_whole(
    owed: list[Since], rates: list[Since], frozen: list[Days], days: tuple[date, date, date]
) -> None:
    first, middle, last = sorted(days)
    whole = interest(owed, rates, frozen=frozen, first_on=first, last_on=last)
    before = interest(owed, rates, frozen=frozen, first_on=first, last_on=middle)
    after = interest(owed, rates, frozen=frozen, first_on=middle + timedelta(days=1), last_on=last)
    assert whole == before + after >= 0


@given(owed=values, rates=values, frozen=stretches, first=day, length=st.integers(0, 60))
def test_interest_is_the_sum_of_its_days_and_frozen_days_cost_nothing(
    owed: list[Since], rates: list[Since], frozen: list[Days], first: date, length: int
) -> None:
    days = [first + timedelta(days=n) for n in range(length + 1)]
    each = [
        0 if is_frozen(one, frozen) else interest(owed, rates, frozen=(), first_on=one, last_on=one) for one in days
    ]
    assert interest(owed, rates, frozen=frozen, first_on=first, last_on=days[-1]) == sum(each)


@given(owed=values, rates=values, frozen=stretches, more=stretches, days=st.tuples(day, day))
def test_freezing_more_days_never_costs_more(
    owed: list[Since], rates: list[Since], frozen: list[Days], more: list[Days], days: tuple[date, date]
) -> None:
    span = {"first_on": min(days), "last_on": max(days)}
    assert interest(owed, rates, frozen=[*frozen, *more], **span) <= interest(owed, rates, frozen=frozen, **span)


def law(**facts: object) -> Law:
    usual = {
        "id": 1, "kind": ClaimKind.INTEREST, "who": "business", "countries": frozenset({"GB"}), "currency": "",
        "terms": PointsAboveBase(D(8)), "base_rate": "boe", "is_rate_fixed": False, "is_by_itself": True,
        "wait_days": 0, "from_step": 0, "source": "a law", "valid_from": START, "valid_until": None,
    }  # fmt: skip
    return Law(**{**usual, **facts})  # type: ignore[arg-type]


RATES = {"boe": (Since(START, D("3.75")), Since(date(2026, 7, 1), D(5)))}


def test_british_rate_stays_that_of_the_half_year_in_which_the_debt_became_late() -> None:
    book = LawBook((), RATES, ())
    fixed = law(is_rate_fixed=True)
    assert book.rates(fixed, date(2026, 6, 30)) == [Since(date(2026, 6, 30), D("11.75"))]
    assert book.rates(fixed, date(2026, 7, 1)) == [Since(date(2026, 7, 1), D(13))]
    assert book.rates(fixed, date(2025, 7, 1)) == []
    assert [since.value for since in book.rates(law(), START)] == [D("11.75"), D(13)]


def test_later_law_takes_over_and_one_with_a_last_day_gives_way() -> None:
    old, new = law(), law(id=2, valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 30))
    book = LawBook((old, new), {}, ())
    who = {"country": "GB", "who": "business", "currency": "GBP"}
    found = [book.law_for(ClaimKind.INTEREST, **who, on=date(2026, month, 15)) for month in (5, 6, 7)]
    assert found == [old, new, old]
    assert book.law_for(ClaimKind.INTEREST, country="GB", who="unknown", currency="GBP", on=date(2026, 6, 15)) is None
    assert book.law_for(ClaimKind.COST, **who, on=date(2026, 6, 15)) is None


def test_nothing_is_claimed_for_days_on_which_claims_are_off() -> None:
    book = LawBook((), {}, ((date(2026, 2, 1), True), (date(2026, 3, 1), False), (date(2026, 4, 1), True)))
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1)]
    assert [book.is_on(one) for one in days] == [False, True, True, False, True]
    assert [is_frozen(one, book.off_days()) for one in days] == [True, False, False, True, False]
    assert LawBook((), {}, ()).off_days() == [Days(date.min, None)]


def test_dutch_costs_begin_after_fourteen_full_days() -> None:
    dutch = law(wait_days=14)
    assert [may_begin(dutch, date(2026, 3, 2), date(2026, 3, n)) for n in (16, 17)] == [False, True]
