"""Syncs beside syncs, events in any order and any number: one end, each fact once."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, Invoice, LedgerEntry
from payments.models import ChargeAttempt, GatewayEvent, Payment, PaymentMethod, SyncFinding
from payments.operations import inbox
from payments.operations.charges import charge
from payments.operations.gateway_invoices import tell
from payments.operations.inbox import apply_events
from payments.operations.sync import sync
from payments.operations.sync_objects import look_again
from payments.processor.events import signature
from tests.billing import BROKE, PAYS, Billing, soon
from tests.faults.racing import at_once
from tests.stripe_processor import SECRET

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = 12


def together(*deeds: Callable[[], object]) -> None:
    assert not [end for end in at_once(*deeds) if isinstance(end, Exception)]


def test_two_syncs_and_events_at_once_bring_each_fact_once(billing: Billing) -> None:
    made = []
    for place in range(12):
        who = billing.customer(f"Ada{place} Lindgren", card=PAYS if place % 2 else BROKE)
        made.append(billing.invoice(who, 1000 + place))
        billing.try_now(made[-1])

    def listen() -> None:
        for one in made:
            look_again("stripe", f"invoice/{one}", now=soon())

    def read() -> None:
        sync("stripe", now=soon(), everything=True)

    together(read, read, listen, lambda: made.reverse() or listen())

    rows = [model.objects.count() for model in (Customer, Invoice, ChargeAttempt, Payment, PaymentMethod)]
    assert rows == [12, 12, 12, 6, 12]
    assert (LedgerEntry.objects.count(), SyncFinding.objects.count()) == (18, 0)
    assert sum(payment.amount for payment in Payment.objects.all()) == sum(a for _, a in billing.processor.taken())


def test_payment_here_and_telling_by_two_workers_is_counted_once(billing: Billing) -> None:
    made = billing.invoice(billing.customer(card=BROKE), retries=True)
    sync("stripe", now=soon())
    customer = Customer.objects.get()

    charge(customer, amount=Invoice.objects.get().balance, currency="EUR", card=PAYS, key="key-1", now=soon())
    together(*[lambda: tell(now=soon())] * 3, lambda: look_again("stripe", f"invoice/{made}", now=soon()))
    tell(now=soon())  # the ring of a look may take the row from all three: then the next turn tells
    shown = billing.shown(made)
    assert (shown["status"], shown["amount_paid"], len(billing.processor.taken())) == ("paid", 12000, 1)
    assert (Payment.objects.count(), Invoice.objects.get().balance) == (1, 0)


def test_events_in_any_order_and_any_number_lead_to_one_end(billing: Billing) -> None:
    """Some are delivered while Stripe still moves on, some twice, some only after all is over."""
    ends = {str(_end_after(random.Random(seed), seed, billing)) for seed in range(ORDERS)}
    tries = [("declined", True), ("succeeded", True)]
    assert ends == {str(("Ada Lindgren", "4242", tries, 0, 120, ["invoiced", "paid"]))}
    assert not GatewayEvent.objects.exclude(state__in=["applied", "not_ours"]).exists()
    assert SyncFinding.objects.count() == 0


def _end_after(dice: random.Random, seed: int, billing: Billing) -> tuple[Any, ...]:
    ada = billing.customer("Ada", number=f"A-{seed}", card=BROKE)
    invoice = billing.invoice(ada, retries=True)
    billing.try_now(invoice)
    _deliver(dice, billing, ada, share=0.5)
    billing.give_card(ada, PAYS)
    billing.gateway.client.customers.update(ada, {"name": "Ada Lindgren"})
    _deliver(dice, billing, ada, share=0.5)
    billing.try_now(invoice)
    _deliver(dice, billing, ada, share=1)
    customer = Customer.objects.get(number=f"A-{seed}")
    [owed] = customer.invoices.all()
    tries = ChargeAttempt.objects.filter(customer=customer).order_by("started_at", "state")
    return (
        customer.name,
        PaymentMethod.objects.get(customer=customer, removed_at=None).last4,
        sorted((one.state, one.invoice_ids == [owed.pk]) for one in tries),
        int(owed.balance),
        int(Payment.objects.get(customer=customer).amount),
        sorted(owed.entries.values_list("kind", flat=True)),
    )


def _deliver(dice: random.Random, billing: Billing, ada: str, *, share: float) -> None:
    told = billing.gateway.client.events.list({"limit": 100}).data
    mine = [one.to_dict() for one in told if ada in json.dumps(one.to_dict())]
    chosen = [one for one in mine if dice.random() < share]
    chosen += dice.sample(chosen, len(chosen) // 3)
    dice.shuffle(chosen)
    for place, event in enumerate(chosen):
        body = json.dumps(event).encode()
        inbox.take_in("stripe", body, {"stripe-signature": signature(SECRET, body, int(time.time()))}, now=soon())
        if place % 3 == 0:
            apply_events(now=soon())
    while apply_events(now=soon()):
        pass
