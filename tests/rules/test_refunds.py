from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.refunds import take_back

D = Decimal
parts = st.lists(st.decimals(D("0.01"), D("999"), places=2), max_size=6)


def test_what_was_left_over_goes_back_first_and_then_the_last_invoice_settled() -> None:
    settled = [(1, D(50)), (2, D(30))]
    assert take_back(D(10), unapplied=D(20), settled=settled) == []
    assert take_back(D(25), unapplied=D(20), settled=settled) == [(2, D(5))]
    assert take_back(D(70), unapplied=D(20), settled=settled) == [(2, D(30)), (1, D(20))]


def test_more_than_the_payment_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="more than the payment holds"):
        take_back(D("100.01"), unapplied=D(20), settled=[(1, D(50)), (2, D(30))])


@given(unapplied=st.decimals(D(0), D("500"), places=2), amounts=parts, share=st.decimals(D(0), D(1), places=4))
def test_every_cent_comes_from_somewhere_and_none_twice(unapplied: D, amounts: list[D], share: D) -> None:
    settled = list(enumerate(amounts))
    amount = ((unapplied + sum(amounts)) * share).quantize(D("0.01"), rounding="ROUND_DOWN")
    back = take_back(amount, unapplied=unapplied, settled=settled)
    assert sum(part for _, part in back) == max(D(0), amount - unapplied)
    assert all(0 < part <= dict(settled)[pk] for pk, part in back)
    assert len(dict(back)) == len(back)
