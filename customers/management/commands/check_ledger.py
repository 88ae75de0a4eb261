"""Compare every invoice with its ledger: balance, amount and minor units. Exit status 1 when they differ."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from customers.models import Invoice
from customers.queries import ledger_faults
from customers.ready import refuse_unready_database


class Command(BaseCommand):
    help = "Compare every invoice's amount and balance with the sums of its ledger. Exit status 1 on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unready_database()
        faults = ledger_faults()
        for fault in faults:
            self.stdout.write(
                f"{fault.number}: balance {fault.balance}, ledger {fault.ledger}; "
                f"amount {fault.amount}, invoiced {fault.invoiced} {fault.currency}"
            )
        if faults:
            self.stderr.write(f"{len(faults)} invoices differ from the ledger.")
            sys.exit(1)
        self.stdout.write(f"Invoices checked: {Invoice.objects.count()}. All agree with the ledger.")
