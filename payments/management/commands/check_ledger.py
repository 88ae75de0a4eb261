"""Compare every invoice with its ledger and every payment with its parts. Exit status 1 when they differ."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from customers.models import Invoice
from customers.queries import ledger_faults
from customers.ready import refuse_unready_database
from payments.models import Payment
from payments.queries.money import payment_faults


class Command(BaseCommand):
    help = "Compare every invoice with its ledger and every payment with its parts. Exit status 1 on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        invoices, payments = ledger_faults(), payment_faults()
        for fault in invoices:
            self.stdout.write(
                f"{fault.number}: balance {fault.balance}, ledger {fault.ledger}; "
                f"amount {fault.amount}, invoiced {fault.invoiced} {fault.currency}"
            )
        for paid in payments:
            self.stdout.write(
                f"payment {paid.id}: {paid.amount} came in; applied {paid.applied}, unapplied {paid.unapplied}, "
                f"went back {paid.refunded} {paid.currency}"
            )
        if invoices or payments:
            self.stderr.write(f"{len(invoices)} invoices and {len(payments)} payments differ.")
            sys.exit(1)
        self.stdout.write(f"Invoices checked: {Invoice.objects.count()}. All agree with the ledger.")
        self.stdout.write(f"Payments checked: {Payment.objects.count()}. All agree with their parts.")
