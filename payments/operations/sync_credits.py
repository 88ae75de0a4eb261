"""A gateway's credit notes on invoices that were paid: what they gave back is not owed again.

A credit note gives money back by refunds, on the customer's balance at the gateway, or past it. Refunds are taken in as
such; here they are explained, whichever is told of first. A balance at the gateway comes off its next invoice, and is
taken in there. What was given back past the gateway, a person records.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from customers.rules.money import in_words
from payments.gateways.accounts import Kind, TheirCredit
from payments.models import GatewayInvoice, Refund, RefundCredit, RefundPart
from payments.operations import refund_credits, sync_findings
from payments.operations.sync_findings import Finding, Tally


@transaction.atomic
def take(alias: str, told: Sequence[TheirCredit], *, now: datetime) -> Tally:
    """Keep what each note explains, and post it where its refund is in the books; of invoices that are known here."""
    links = GatewayInvoice.objects.filter(gateway=alias, external_id__in={one.invoice for one in told})
    ours = {link.external_id: link for link in links.select_related("invoice")}
    known = [one for one in told if one.invoice in ours]
    owners = {ours[one.invoice].invoice.customer_id for one in known}
    list(Customer.objects.filter(pk__in=owners).select_for_update(no_key=True).order_by("pk"))
    new = _keep(alias, known)
    references = [part.refund for one in known for part in one.refunds]
    for refund in Refund.objects.filter(payment__provider=alias, reference__in=references).order_by("pk"):
        refund_credits.post(refund, now=now)
    found = [_outside(one) for one in known if one.outside and not _is_recorded(one, ours[one.invoice].invoice_id)]
    sync_findings.note(alias, Kind.CREDIT, [one.id for one in told], found, now=now)
    return Tally(new=new, unchanged=len(told) - new)


def _keep(alias: str, known: Sequence[TheirCredit]) -> int:
    """How many notes were not known yet."""
    before = RefundCredit.objects.filter(gateway=alias, credit_note__in=[one.id for one in known])
    stored = set(before.values_list("credit_note", flat=True))
    rows = [
        RefundCredit(gateway=alias, refund_reference=part.refund, credit_note=one.id, amount=part.amount)
        for one in known
        for part in one.refunds
    ]
    RefundCredit.objects.bulk_create(rows, ignore_conflicts=True)
    return len({row.credit_note for row in rows} - stored)


def _is_recorded(one: TheirCredit, invoice_id: int) -> bool:
    return RefundPart.objects.filter(invoice=invoice_id, amount=one.outside).exists()


def _outside(one: TheirCredit) -> Finding:
    value = in_words(one.outside, one.currency)
    problem = f"was given back past the gateway for invoice {one.invoice}"
    remedy = "Record on the payment how the money went back, and that the invoice is credited."
    return Finding(one.id, "out_of_band_amount", value, problem, remedy, is_refused=False)
