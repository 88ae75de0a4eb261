"""Amounts as Stripe counts them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.money import MINOR_UNITS, smallest_unit
from payments.rules.stripe_units import REFUSED, NotChargeable, from_stripe_units, in_stripe_units

TAKEN = sorted(set(MINOR_UNITS) - REFUSED)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.50", "EUR", 1250),
        ("0.01", "USD", 1),
        ("1250", "JPY", 1250),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("5.00", "MGA", 5),
        ("10.45", "HUF", 1045),
    ],
)
def test_amount_becomes_stripes_whole_number(amount: str, currency: str, units: int) -> None:
    assert in_stripe_units(Decimal(amount), currency) == units
    assert from_stripe_units(units, currency) == Decimal(amount)


@given(st.integers(min_value=1, max_value=10**12), st.sampled_from(TAKEN))
def test_amount_comes_back_as_it_went_or_is_refused(smallest: int, currency: str) -> None:
    amount = smallest * smallest_unit(currency)
    try:
        units = in_stripe_units(amount, currency)
    except NotChargeable:
        assert currency in ("BHD", "JOD", "KWD", "OMR", "TND", "MGA")
    else:
        assert from_stripe_units(units, currency) == amount


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0", "EUR"), ("-1", "EUR"), ("0.001", "EUR"), ("0.5", "JPY"), ("5.124", "KWD"), ("5.50", "MGA"), ("1", "CLF")],
)
def test_amount_that_stripe_does_not_take_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(NotChargeable):
        in_stripe_units(Decimal(amount), currency)
