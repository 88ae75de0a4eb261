"""What of an invoice is in dispute does not count: nobody is asked for it, no step begins with it. The rest does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from dunning.rules.facts import InvoiceFact


def undisputed(invoices: Sequence[InvoiceFact], disputed: Mapping[int, Decimal]) -> list[InvoiceFact]:
    """The invoices without these amounts (by invoice id); those of which nothing is left are left out.

    Of what is paid in instalments the last ones give way, so that the next one is still asked for.
    """
    left, kept = dict(disputed), []
    for invoice in reversed(invoices):
        taken = min(invoice.balance, left.get(invoice.id, Decimal(0)))
        if not taken:
            kept.append(invoice)
            continue
        left[invoice.id] -= taken
        if taken < invoice.balance:
            kept.append(replace(invoice, balance=invoice.balance - taken, disputed=taken))
    return kept[::-1]
