"""Charges that others made, in our books."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerChange, Invoice
from payments.gateways.accounts import TheirTry
from payments.gateways.sandbox import TEST_CARDS, SandboxGateway
from payments.models import ChargeAttempt, GatewayCustomer, GatewayInvoice, UnknownCode
from payments.operations import cards, orders, sync_tries
from payments.operations.charges import NotOwed, StillChecking
from payments.queries.charges import charges_unclear
from payments.rules.declines import Decline
from payments.rules.next_charge import Order
from tests.charging import balances, pay
from tests.people import NOW, owes, person

pytestmark = pytest.mark.django_db(transaction=True)
State = ChargeAttempt.State


def known() -> Customer:
    """Ada, whom the gateway has, too."""
    ada = person()
    GatewayCustomer.objects.create(gateway="stripe", external_id="cus_1", customer=ada, seen_at=NOW)
    return ada


def debit(number: int = 1, *, currency: str = "EUR", is_pending: bool = True, is_success: bool = False) -> TheirTry:
    """Of 10 for payment `number`, on its way unless said otherwise."""
    return TheirTry(
        f"ch_{number}", f"pi_{number}", "cus_1", Decimal(10), currency, NOW, is_success, is_pending=is_pending
    )


def debited(ada: Customer) -> tuple[Invoice, Invoice]:
    """Two invoices over 10; a debit is on its way for the first."""
    first, second = owes(ada, "10.00"), owes(ada, "10.00")
    GatewayInvoice.objects.create(
        invoice=first, gateway="stripe", external_id="in_1", state="open", references=["pi_1"], seen_at=NOW
    )
    sync_tries.take("stripe", [debit(1)], now=NOW)
    return first, second


def ordered(ada: Customer, *invoices: Invoice) -> ChargeAttempt:
    """A charge of a stored card for these, which the engine is about to make."""
    kept = cards.keep(ada, TEST_CARDS["test_4242"].card, gateway="sandbox", now=NOW, may_charge=True)
    ids = tuple(invoice.pk for invoice in invoices)
    orders.place([Order(ada.pk, kept.pk, Decimal(10), "EUR", ids)], now=NOW)
    return ChargeAttempt.objects.get(state=State.QUEUED)


def may_begin(order: ChargeAttempt) -> bool:
    open_now = order.customer.invoices.order_by("pk")
    return orders.begin(order, balances=[f"{one.pk}:{one.balance}" for one in open_now], holds=[], now=NOW)


def states() -> list[str]:
    return list(ChargeAttempt.objects.order_by("idempotency_key").values_list("state", flat=True))


def declined(codes: Sequence[str], *, first: int = 0) -> list[TheirTry]:
    return [
        TheirTry(
            f"ch_{first + place}", f"pi_{first + place}", "cus_1", Decimal(10), "EUR", NOW, is_success=False,
            decline=Decline(code),
        )
        for place, code in enumerate(codes)
    ]  # fmt: skip


def test_codes_that_no_rule_knows_are_counted_in_one_statement_for_all_tries() -> None:
    known()
    sync_tries.take("stripe", declined(["new_c"], first=50), now=NOW)  # reads the tables of refusals, once for all
    queries = []
    for first, codes in enumerate([["new_b", "new_a"], ["new_b", "new_a", "new_b", "new_c"]]):
        with CaptureQueriesContext(connection) as captured:
            sync_tries.take("stripe", declined(codes, first=10 * first), now=NOW)
        queries.append(len(captured))
    assert queries[0] == queries[1]
    seen = UnknownCode.objects.order_by("code").values_list("code", "count")
    assert list(seen) == [("new_a", 2), ("new_b", 3), ("new_c", 2)]


def test_every_debit_on_its_way_is_known_beside_the_others() -> None:
    known()
    sync_tries.take("stripe", [debit(1), debit(2), debit(3, currency="USD")], now=NOW)
    assert states() == [State.PENDING] * 3


def test_debit_that_is_tried_again_takes_the_place_of_the_one_that_ended() -> None:
    known()
    sync_tries.take("stripe", [debit(1)], now=NOW)
    sync_tries.take("stripe", [debit(2), debit(1, is_pending=False)], now=NOW)
    assert states() == [State.DECLINED, State.PENDING]


def test_debit_is_known_beside_a_charge_of_ours() -> None:
    ada = known()
    ordered(ada, owes(ada, "10.00"))
    sync_tries.take("stripe", [debit(1)], now=NOW)
    assert sorted(states()) == [State.PENDING, State.QUEUED]


def test_customer_pays_what_no_debit_is_on_its_way_for(gateway: SandboxGateway) -> None:
    ada = known()
    first, _ = debited(ada)
    for amount, chosen, refusal in (("20.00", None, NotOwed), ("10.00", [first.pk], StillChecking)):
        with pytest.raises(refusal):
            pay(ada, amount, NOW, invoice_ids=chosen)
    assert pay(ada, "10.00", NOW).state == State.SUCCEEDED
    assert (balances(ada), len(gateway.lines())) == ([10, 0], 1)


def test_debit_for_nobody_knows_what_holds_back_its_currency_alone(gateway: SandboxGateway) -> None:
    ada = known()
    owes(ada, "10.00"), owes(ada, "10.00", "USD")
    sync_tries.take("stripe", [debit(1)], now=NOW)
    with pytest.raises(StillChecking):
        pay(ada, "10.00", NOW)
    assert pay(ada, "10.00", NOW, currency="USD").state == State.SUCCEEDED


def test_order_does_not_begin_beside_a_debit_for_the_same() -> None:
    ada = known()
    first, second = debited(ada)
    assert not may_begin(ordered(ada, first))
    ChargeAttempt.objects.filter(state=State.QUEUED).delete()
    assert may_begin(ordered(ada, second))


def test_debit_that_is_learnt_of_after_an_order_began_still_stops_it(gateway: SandboxGateway) -> None:
    ada = known()
    order = ordered(ada, owes(ada, "10.00"))
    assert may_begin(order)
    sync_tries.take("stripe", [debit(1)], now=NOW)
    assert orders.carry_out(order, now=NOW).state == State.ABANDONED
    assert gateway.lines() == []


def test_debit_is_asked_about_after_thirty_days_and_can_be_given_up(gateway: SandboxGateway) -> None:
    ada = known()
    debited(ada)
    assert not charges_unclear(NOW + timedelta(days=30)).exists()
    attempt = charges_unclear(NOW + timedelta(days=31)).get()
    CustomerChange.objects.all().delete()
    assert [sync_tries.give_up(attempt, now=NOW) for _ in range(2)] == [True, False]
    assert CustomerChange.objects.filter(customer_id=ada.pk).exists()  # the engine looks at once
    assert pay(ada, "20.00", NOW).state == State.SUCCEEDED


def test_debit_that_was_given_up_ends_as_the_gateway_says_after_all() -> None:
    known()
    sync_tries.take("stripe", [debit(1)], now=NOW)
    sync_tries.give_up(ChargeAttempt.objects.get(), now=NOW)
    sync_tries.take("stripe", [debit(1)], now=NOW)
    assert states() == [State.ABANDONED]
    sync_tries.take("stripe", [debit(1, is_pending=False, is_success=True)], now=NOW)
    assert states() == [State.SUCCEEDED]
