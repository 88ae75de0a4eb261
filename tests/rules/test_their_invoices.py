"""What a gateway's invoice moves in our books: each fact once, nothing below zero, nothing set back."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.rules.their_invoices import Moves, Ours, Theirs, moves

CENTS = st.integers(0, 20_000).map(lambda cents: Decimal(cents) / 100)
BILLED = Decimal(100)


def after(ours: Ours, theirs: Theirs, moved: Moves) -> Ours:
    """Our books once the moves are posted."""
    settled = sum((one.settles for one in moved.payments), Decimal(0))
    return Ours(
        balance=ours.balance - moved.credit - settled - moved.closes,
        paid=ours.paid + settled,
        credited=ours.credited + moved.credit + (moved.closes if theirs.is_closed else 0),
        outside=ours.outside + sum((one.amount for one in moved.payments if not one.reference), Decimal(0)),
        imported=ours.imported,
        paid_by_known=ours.paid_by_known + settled,
        known=ours.known | {one.reference for one in moved.payments if one.reference},
    )


@st.composite
def invoices(draw: st.DrawFn) -> Theirs:
    credited = min(draw(CENTS), BILLED)
    paid = min(draw(CENTS), BILLED - credited)
    taken = min(draw(CENTS), paid)
    first = min(draw(CENTS), taken)
    payments = {name: amount for name, amount in {"pi_1": first, "pi_2": taken - first}.items() if amount}
    return Theirs(paid, credited, payments, is_closed=draw(st.booleans()))


@given(invoices(), st.lists(invoices(), max_size=4), CENTS, CENTS)
def test_whatever_is_told_nothing_falls_below_zero_and_the_last_word_moves_nothing_again(
    last: Theirs, earlier: list[Theirs], by_file: Decimal, by_bank: Decimal
) -> None:
    by_file = min(by_file, BILLED)
    by_bank = min(by_bank, BILLED - by_file)
    ours = Ours(balance=BILLED - by_file - by_bank, paid=by_file + by_bank, imported=by_file)
    for theirs in [*earlier, last]:
        moved = moves(theirs, ours)
        assert moved.credit >= 0 and moved.closes >= 0
        assert all(0 <= one.settles <= one.amount and one.amount > 0 for one in moved.payments)
        ours = after(ours, theirs, moved)
        assert ours.balance >= 0
    assert moves(last, ours).payments == ()
    assert moves(last, ours).closes == 0


@given(invoices())
def test_books_that_knew_nothing_agree_with_the_gateway_at_once(theirs: Theirs) -> None:
    theirs = replace(theirs, is_closed=False)
    moved = moves(theirs, Ours(balance=BILLED))
    assert sum((one.amount for one in moved.payments), Decimal(0)) == theirs.paid
    assert after(Ours(balance=BILLED), theirs, moved).balance == BILLED - theirs.paid - theirs.credited


def test_money_that_a_file_told_of_is_not_recorded_again() -> None:
    told = Theirs(BILLED, Decimal(0), {"pi_1": BILLED})
    assert moves(told, Ours(balance=Decimal(0), paid=BILLED, imported=BILLED)).payments == ()
    [rest] = moves(told, Ours(balance=Decimal(40), paid=Decimal(60), imported=Decimal(60))).payments
    assert (rest.reference, rest.amount, rest.settles) == ("pi_1", 40, 40)


def test_card_money_is_recorded_though_the_bank_paid_too() -> None:
    told = Theirs(BILLED, Decimal(0), {"pi_1": BILLED})
    [twice] = moves(told, Ours(balance=Decimal(0), paid=BILLED)).payments
    assert (twice.reference, twice.amount, twice.settles) == ("pi_1", 100, 0)
    half = Theirs(BILLED, Decimal(0), {"pi_1": Decimal(50)})  # the rest was marked as paid when the bank's was told
    [card] = moves(half, Ours(balance=Decimal(50), paid=Decimal(50))).payments
    assert (card.reference, card.amount, card.settles) == ("pi_1", 50, 50)


def test_money_for_what_is_credited_here_stays_with_its_payment() -> None:
    told = Theirs(BILLED, Decimal(0), {"pi_1": BILLED})
    [paid] = moves(told, Ours(balance=Decimal(0))).payments
    assert (paid.amount, paid.settles) == (100, 0)
