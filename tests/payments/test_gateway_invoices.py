"""An invoice that stands at the gateway too: paid here, it is paid there, and nobody takes its money twice."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from customers.models import Customer, Invoice
from customers.operations.ledger import credit
from payments.models import ChargeAttempt, GatewayInvoice, Payment, Refund, SyncFinding
from payments.operations import payments, refunds
from payments.operations.charges import charge
from payments.operations.gateway_invoices import tell
from payments.operations.sync import sync
from tests.billing import BROKE, PAYS, Billing, billing_on, soon
from tests.people import owes
from tests.processes import free_port

pytestmark = pytest.mark.django_db(transaction=True)
State = ChargeAttempt.State


def failed_renewal(billing: Billing, amount: int = 12000) -> str:
    """Stripe's engine tried the card on file in vain, and would try again; meanwhile the card works."""
    ada = billing.customer(card=BROKE)
    made = billing.invoice(ada, amount, retries=True)
    billing.try_now(made)
    billing.give_card(ada, PAYS)
    sync("stripe", now=soon())
    return made


def pay_here(amount: str = "120", *, now: datetime | None = None, card: str = "pm_card_mastercard") -> ChargeAttempt:
    customer = Customer.objects.get()
    key = f"key-{ChargeAttempt.objects.count()}"
    return charge(customer, amount=Decimal(amount), currency="EUR", card=card, key=key, now=now or soon())


def transfer(amount: str) -> Payment:
    return payments.record(
        Customer.objects.get(), amount=Decimal(amount), currency="EUR", received_on=soon().date(),
        source=Payment.Source.BANK, now=soon(), provider="DE1", reference=f"line {amount}",
    )  # fmt: skip


def charged_back(payment: Payment) -> None:
    refunds.record(
        payment, kind=Refund.Kind.CHARGEBACK, amount=payment.amount, on=soon().date(), reason="fraudulent", now=soon()
    )


def test_charge_here_is_counted_at_stripe_and_taken_once(billing: Billing) -> None:
    made = failed_renewal(billing)
    assert pay_here().state == State.SUCCEEDED
    assert billing.processor.control("advance") == {"tried": 0}  # Stripe left it to us before we charged
    assert tell(now=soon()) == 1
    shown = billing.shown(made)
    assert (shown["status"], shown["amount_paid"], len(billing.processor.taken())) == ("paid", 12000, 1)
    paid = [one["payment"]["payment_intent"] for one in shown["payments"]["data"] if one["status"] == "paid"]
    assert paid == [Payment.objects.get().reference]
    assert GatewayInvoice.objects.get().state == "paid"
    assert tell(now=soon(days=1)) == 0


def test_declined_charge_leaves_the_invoice_to_our_retries(billing: Billing) -> None:
    made = failed_renewal(billing)
    assert pay_here(card=BROKE).state == State.DECLINED
    assert tell(now=soon(minutes=5)) == 1
    assert (billing.shown(made)["status"], billing.shown(made)["auto_advance"]) == ("open", False)


def test_declined_charge_gives_the_invoice_back_where_stripe_owns_the_retries(
    billing: Billing, settings: Settings
) -> None:
    billing_on(billing.processor, settings, retries="gateway")
    made = failed_renewal(billing)
    pay_here(card=BROKE)
    assert tell(now=soon(minutes=5)) == 1
    assert billing.shown(made)["auto_advance"] is True
    assert billing.processor.control("advance") == {"tried": 1}
    sync("stripe", now=soon(), everything=True)
    assert (Invoice.objects.get().balance, len(billing.processor.taken())) == (0, 1)


def test_invoice_that_stripe_did_not_collect_is_not_given_to_it(billing: Billing, settings: Settings) -> None:
    billing_on(billing.processor, settings, retries="gateway")
    made = billing.invoice(billing.customer(card=PAYS))
    sync("stripe", now=soon())
    assert pay_here(card=BROKE).state == State.DECLINED
    tell(now=soon(minutes=5))
    assert billing.shown(made)["auto_advance"] is False


def test_invoice_that_stripe_collected_a_moment_ago_is_not_charged_again(billing: Billing) -> None:
    failed_renewal(billing)
    billing.processor.control("advance")
    attempt = pay_here()
    assert (attempt.state, attempt.decline_code) == (State.ABANDONED, "gateway_refused")
    assert (Invoice.objects.get().balance, len(billing.processor.taken())) == (0, 1)  # and now it is known here


def test_invoice_that_is_owed_again_can_be_paid_here(billing: Billing) -> None:
    made = failed_renewal(billing)
    billing.try_now(made)
    sync("stripe", now=soon(), everything=True)
    charged_back(Payment.objects.get())
    assert Invoice.objects.get().balance == 120
    assert pay_here().state == State.SUCCEEDED


def test_part_that_is_owed_again_can_be_paid_here(billing: Billing) -> None:
    made = failed_renewal(billing)
    pay_here("50")
    tell(now=soon())
    charged_back(Payment.objects.get())
    assert (billing.shown(made)["amount_remaining"], Invoice.objects.get().balance) == (7000, 120)
    assert pay_here("120").state == State.SUCCEEDED


def test_invoice_of_a_gateway_that_is_not_configured_any_more_can_be_paid_here(billing: Billing) -> None:
    failed_renewal(billing)
    GatewayInvoice.objects.update(gateway="old")
    assert pay_here().state == State.SUCCEEDED


def test_nothing_is_charged_while_stripe_cannot_be_asked(billing: Billing, settings: Settings) -> None:
    failed_renewal(billing)
    address = f"http://127.0.0.1:{free_port()}"
    settings.PAYMENT_GATEWAYS["stripe"]["options"]["base_address"] = address
    assert pay_here().state == State.ABANDONED
    assert billing.processor.taken() == []


def test_part_paid_here_is_counted_and_the_rest_stays_open(billing: Billing) -> None:
    made = failed_renewal(billing)
    pay_here("50")
    tell(now=soon())
    shown = billing.shown(made)
    assert (shown["status"], shown["amount_paid"], shown["auto_advance"]) == ("open", 5000, False)
    pay_here("70")
    tell(now=soon())
    assert (billing.shown(made)["status"], Payment.objects.count(), Invoice.objects.get().balance) == ("paid", 2, 0)
    sync("stripe", now=soon(), everything=True)
    assert Payment.objects.count() == 2


def test_bank_money_stops_stripe_at_once_and_closes_its_invoice_when_all_is_there(billing: Billing) -> None:
    made = failed_renewal(billing)
    transfer("50")
    tell(now=soon())
    assert (billing.shown(made)["status"], billing.shown(made)["auto_advance"]) == ("open", False)
    assert GatewayInvoice.objects.get().look_at is None  # nothing more to tell before the rest comes
    transfer("70")
    tell(now=soon())
    assert (billing.shown(made)["status"], billing.processor.taken()) == ("paid", [])
    sync("stripe", now=soon(), everything=True)
    assert (Payment.objects.count(), SyncFinding.objects.count()) == (2, 0)


def test_money_that_stripe_took_beside_the_banks_is_the_customers_credit(billing: Billing) -> None:
    failed_renewal(billing)
    transfer("120")
    billing.processor.control("advance")  # a moment before Stripe heard of the transfer
    tell(now=soon())
    sync("stripe", now=soon(), everything=True)
    taken = Payment.objects.get(provider="stripe")
    assert [(taken.reference, taken.unapplied)] == billing.processor.taken()
    assert Invoice.objects.get().balance == 0


def test_credit_from_stripe_settles_what_else_is_open_at_once(billing: Billing) -> None:
    failed_renewal(billing)
    transfer("120")
    owes(Customer.objects.get(), "100", number="A-2")
    billing.processor.control("advance")
    sync("stripe", now=soon(), everything=True)
    assert (Invoice.objects.get(number="A-2").balance, Payment.objects.get(provider="stripe").unapplied) == (0, 20)


def test_one_charge_over_two_invoices_settles_both_there(billing: Billing) -> None:
    ada = billing.customer(card=BROKE)
    made = [billing.invoice(ada, 5000), billing.invoice(ada, 7000)]
    sync("stripe", now=soon())
    pay_here()
    assert tell(now=soon()) == 2
    assert [billing.shown(one)["status"] for one in made] == ["paid", "paid"]
    sync("stripe", now=soon(), everything=True)
    assert (Payment.objects.count(), len(billing.processor.taken())) == (1, 1)


def test_credit_here_is_for_a_person_to_repeat_there(billing: Billing) -> None:
    made = failed_renewal(billing)
    transfer("50")
    credit(Invoice.objects.get(), Decimal(70), reason="Half a month", now=soon(), on=soon().date(), by=None)
    tell(now=soon())
    assert (billing.shown(made)["status"], billing.shown(made)["auto_advance"]) == ("open", False)
    found = SyncFinding.objects.get(field="open")
    assert (found.value, found.problem) == ("120.00 EUR", "is open there, and here 0.00 EUR")


def test_answer_that_is_lost_while_telling_is_asked_again(billing: Billing) -> None:
    made = failed_renewal(billing)
    pay_here()
    billing.processor.control("lose_answer", path=f"/v1/invoices/{made}/attach")
    assert tell(now=soon()) == 0
    assert tell(now=soon(minutes=3)) == 1
    assert (billing.shown(made)["status"], len(billing.processor.taken())) == ("paid", 1)


def test_stripe_without_time_is_told_later_in_the_same_way(billing: Billing) -> None:
    made = failed_renewal(billing)
    pay_here()
    billing.processor.control("rate_limit", path=f"/v1/invoices/{made}/attach")
    assert tell(now=soon()) == 0
    assert tell(now=soon(minutes=3)) == 1
    [paid] = [one for one in billing.shown(made)["payments"]["data"] if one["status"] == "paid"]
    assert paid["payment"]["payment_intent"] == Payment.objects.get().reference


def test_money_given_up_there_and_paid_here_is_counted_there(billing: Billing) -> None:
    made = failed_renewal(billing)
    pay_here()
    billing.gateway.client.invoices.mark_uncollectible(made)
    assert tell(now=soon()) == 1
    assert (billing.shown(made)["status"], Invoice.objects.get().balance) == ("paid", 0)


def test_look_waits_while_a_charge_is_under_way(billing: Billing) -> None:
    made = failed_renewal(billing)
    waiting = pay_here(card="pm_card_authenticationRequired")
    assert waiting.state == State.REQUIRES_ACTION
    assert tell(now=soon(minutes=3)) == 0
    assert billing.shown(made)["auto_advance"] is False
    assert GatewayInvoice.objects.get().look_at
    assert timedelta(0) < GatewayInvoice.objects.get().look_at - soon() < timedelta(hours=1)
