"""What is in dispute of an invoice does not count, and the rest does: for letters, charges, and when money comes."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from customers.rules.holds import HoldKind
from dunning.rules.decide import decide
from dunning.rules.decisions import Wait
from dunning.rules.disputes import undisputed
from dunning.rules.facts import HoldFact, InvoiceFact
from dunning.rules.holding import chargeable, without_held
from payments.rules.allocate import OpenInvoice, allocate
from tests.rules.cases import DAY_ZERO, at, case
from tests.rules.cases import invoice as owed_since

NOON = at(20)
AMOUNTS = st.integers(1, 500).map(Decimal)


def invoice(number: int, balance: str) -> InvoiceFact:
    return owed_since(DAY_ZERO, number=number, balance=balance)


def disputes(number: int, amount: str | None) -> HoldFact:
    return HoldFact("wrong", None, number, HoldKind.DISPUTE, disputed_amount=Decimal(amount) if amount else None)


def test_only_the_rest_is_asked_for_and_charged() -> None:
    owed = [invoice(1, balance="100"), invoice(2, balance="40")]
    known = case(*owed, holds=(disputes(1, "30"),))
    for left in (without_held(known, owed, NOON), chargeable(known, owed, NOON)):
        assert [(one.id, one.balance, one.disputed) for one in left] == [(1, 70, 30), (2, 40, 0)]


def test_settled_rest_leaves_nothing_to_ask_for() -> None:
    owed = [invoice(1, balance="30")]
    assert without_held(case(*owed, holds=(disputes(1, "30"),)), owed, NOON) == []
    assert without_held(case(*owed, holds=(disputes(1, "10"), disputes(1, "25"))), owed, NOON) == []


def test_settled_rest_with_an_open_dispute_is_no_reason_for_reminders() -> None:
    decision = decide(case(invoice(1, balance="30"), holds=(disputes(1, "30"),)), now=NOON)
    assert isinstance(decision, Wait)
    assert (decision.step, decision.reason) == (None, "every open invoice is on hold")


def test_dispute_of_all_of_it_or_a_dispute_that_is_over_counts_as_before() -> None:
    owed = [invoice(1, balance="100")]
    assert without_held(case(*owed, holds=(disputes(1, None), disputes(1, "10"))), owed, NOON) == []
    over = HoldFact("wrong", NOON.date() - timedelta(days=1), 1, HoldKind.DISPUTE, disputed_amount=Decimal(10))
    assert without_held(case(*owed, holds=(over,)), owed, NOON) == owed


def test_of_instalments_the_last_give_way() -> None:
    parts = [invoice(1, balance="50"), invoice(1, balance="50"), invoice(1, balance="50")]
    assert [part.balance for part in undisputed(parts, {1: Decimal(70)})] == [50, 30]


@given(st.lists(AMOUNTS, min_size=1, max_size=5), st.lists(AMOUNTS, min_size=5, max_size=5), AMOUNTS)
def test_money_settles_what_is_disputed_last(open_: list[Decimal], claims: list[Decimal], amount: Decimal) -> None:
    invoices = [OpenInvoice(number, balance) for number, balance in enumerate(open_)]
    disputed = {number: min(claims[number], balance) for number, balance in invoices if claims[number] > 250}
    parts = dict(allocate(amount, invoices, disputed))
    rests = {number: balance - disputed.get(number, 0) for number, balance in invoices}
    assert sum(parts.values()) == min(amount, sum(open_))
    assert all(0 < part <= open_[number] for number, part in parts.items())
    if any(part > rests[number] for number, part in parts.items()):
        assert all(parts.get(number, 0) >= rest for number, rest in rests.items())
