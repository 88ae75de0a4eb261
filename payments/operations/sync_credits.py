"""A gateway's credit notes on invoices that were paid: what they gave back is not owed again.

A credit note gives money back by refunds, on the customer's balance at the gateway, or past it. Refunds are taken in as
such; here they are explained, whichever is told of first. A balance at the gateway comes off its next invoice, and is
taken in there. What was given back past the gateway, a person records.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from customers.models import Customer
from customers.rules.money import in_words
from payments.gateways.accounts import Kind, TheirCredit
from payments.models import GatewayInvoice, Refund, RefundCredit
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
    explained = refund_credits.of_notes(alias, [one.id for one in known])
    _post(alias, explained, now)
    over = refund_credits.not_credited(alias, explained)
    found = _findings(known, {one.id: ours[one.invoice].invoice_id for one in known}, over)
    sync_findings.note(alias, Kind.CREDIT, [one.id for one in told], found, now=now)
    return Tally(new=new, unchanged=len(told) - new)


def _post(alias: str, explained: Sequence[RefundCredit], now: datetime) -> None:
    """Only what is not in the ledger yet: the notes of months are told again with each look."""
    done = refund_credits.credited(explained)
    references = {row.refund_reference for row in explained if refund_credits.reference(row) not in done}
    for refund in Refund.objects.filter(payment__provider=alias, reference__in=references).order_by("pk"):
        refund_credits.post(refund, now=now)


def _findings(known: Sequence[TheirCredit], invoices: Mapping[str, int], over: Mapping[str, Decimal]) -> list[Finding]:
    """What a person has to record: money given back past the gateway, and credit for more than was open."""
    by_hand = refund_credits.recorded_by_hand(set(invoices.values()))
    found = []
    for one in known:
        invoice = invoices[one.id]
        if one.outside and (invoice, one.outside) not in by_hand:
            found.append(_outside(one))
        if (rest := over.get(one.id)) and (invoice, rest) not in by_hand:
            found.append(_paid_again(one, rest))
    return found


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


def _outside(one: TheirCredit) -> Finding:
    value = in_words(one.outside, one.currency)
    problem = f"was given back past the gateway for invoice {one.invoice}"
    remedy = "Record on the payment how the money went back, and that the invoice is credited."
    return Finding(one.id, "out_of_band_amount", value, problem, remedy, is_refused=False)


def _paid_again(one: TheirCredit, rest: Decimal) -> Finding:
    value = in_words(rest, one.currency)
    problem = f"is credited for invoice {one.invoice}, which is not open so far: it was probably paid again"
    remedy = "Give the later payment back on its page, and say there that the invoice is credited."
    return Finding(one.id, "refunds", value, problem, remedy, is_refused=False)
