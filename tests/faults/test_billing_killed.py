"""kill -9 while a gateway's invoice is paid here or read: nothing is taken twice, and both books agree in the end."""

import os
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from customers.models import Customer, Invoice, LedgerEntry
from payments.models import ChargeAttempt, Payment, SyncRun
from payments.operations.charges import charge
from payments.operations.gateway_invoices import tell
from payments.operations.reconcile import reconcile
from payments.operations.sync import sync
from tests.billing import BROKE, PAYS, Billing, soon

pytestmark = pytest.mark.django_db(transaction=True)


def in_child(deed: str, billing: Billing, crashpoint: str) -> int:
    """The exit status of a process that dies at the crash point."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "CRASHPOINT": crashpoint}
    arguments = [connection.settings_dict["NAME"], billing.processor.address, deed]
    command = [sys.executable, "-m", "tests.faults.billing_child", *arguments]
    return subprocess.run(command, env=environment, timeout=60, check=False).returncode


POINTS = [
    "charge.before_call",
    "hold.before_call",
    "hold.after_call",
    "charge.after_call",
    "charge.before_commit",
    "tell.after_hold",
    "tell.after_credit",
]


@pytest.mark.parametrize("crashpoint", POINTS)
def test_killed_payment_of_stripes_invoice_is_taken_once(billing: Billing, crashpoint: str) -> None:
    """Stripe's own engine tries everything it may, right after the kill and after each look."""
    ada = billing.customer(card=BROKE)
    made = billing.invoice(ada, retries=True)
    billing.try_now(made)
    billing.give_card(ada, PAYS)
    sync("stripe", now=soon())

    assert in_child("pay", billing, crashpoint) == -signal.SIGKILL
    for minute in (0, 3, 10, 60):
        billing.processor.control("advance")
        reconcile(now=soon(minutes=minute))
        tell(now=soon(minutes=minute))
    sync("stripe", now=soon())
    if still_open := Invoice.objects.get().balance:
        charge(Customer.objects.get(), amount=still_open, currency="EUR", card=PAYS, key="next", now=soon(minutes=70))
        tell(now=soon(minutes=71))

    assert billing.shown(made)["status"] == "paid"
    assert [amount for _, amount in billing.processor.taken()] == [Decimal(120)]
    assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == 120
    assert (Invoice.objects.get().balance, LedgerEntry.objects.filter(kind="paid").count()) == (0, 1)
    assert not ChargeAttempt.objects.filter(finished_at=None).exists()


@pytest.mark.parametrize("crashpoint", ["tell.after_hold", "tell.after_mark"])
def test_killed_telling_of_bank_money_is_finished_and_nothing_is_charged(billing: Billing, crashpoint: str) -> None:
    made = billing.invoice(billing.customer(card=PAYS), retries=True)
    sync("stripe", now=soon())
    assert in_child("transfer", billing, crashpoint) == -signal.SIGKILL
    billing.processor.control("advance")
    assert tell(now=soon(minutes=3)) == 1
    assert (billing.shown(made)["status"], billing.processor.taken()) == ("paid", [])
    assert (Payment.objects.count(), Invoice.objects.get().balance) == (1, 0)


@pytest.mark.parametrize(
    "crashpoint",
    ["sync.after_page", "sync.before_commit.invoice", "sync.before_commit.try", "sync.before_commit.done"],
)
def test_killed_sync_goes_on_and_brings_everything_once(billing: Billing, crashpoint: str) -> None:
    for place in range(120):  # more than one page
        who = billing.customer(f"Ada{place} Lindgren", card=BROKE if place % 40 == 0 else "")
        made = billing.invoice(who, 100 + place)
        if place % 40 == 0:
            billing.try_now(made)
    assert in_child("sync", billing, crashpoint) == -signal.SIGKILL
    assert Invoice.objects.count() < 120 or SyncRun.objects.get().finished_at is None

    run = sync("stripe", now=soon())

    assert (SyncRun.objects.count(), run.new + run.changed + run.unchanged, run.refused) == (1, 243, 0)
    assert (Customer.objects.count(), Invoice.objects.count(), ChargeAttempt.objects.count()) == (120, 120, 3)
    owed = sum((Decimal(100 + place) / 100 for place in range(120)), Decimal(0))
    assert Invoice.objects.aggregate(sum=Sum("balance"))["sum"] == owed
    assert LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"] == owed
