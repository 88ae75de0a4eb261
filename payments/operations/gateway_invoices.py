"""An invoice in two books: what is paid here is counted at the gateway too, so that it never collects it again.

No call in this file takes money. First the gateway is asked to leave the invoice to us, then money may move, then it is
told; so a kill between two calls leaves an invoice that nobody charges until the next look has finished it.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.conf import settings

from customers.crashpoint import crashpoint
from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Invoice
from customers.rules.money import in_words
from payments.gateways import owns_retries
from payments.gateways.accounts import Accounts, InvoiceState, Kind, TheirInvoice
from payments.gateways.base import ChargeRequest, GatewayRefusal
from payments.models import ChargeAttempt, GatewayInvoice
from payments.operations import sync_findings, sync_invoices
from payments.operations.charge_results import Found
from payments.operations.gateway_calls import ask_accounts, send_charge
from payments.operations.sync_findings import Finding
from payments.queries.charges import LIVE, debit_beside
from payments.queries.invoices import paid_net, went_back, whole_payments
from payments.rules.charging import SURELY_OVER, EndedBy, pause_after_look
from payments.rules.declines import Decline

logger = logging.getLogger(__name__)
T = TypeVar("T")

BATCH = 100
PAYABLE = (InvoiceState.OPEN, InvoiceState.UNCOLLECTIBLE)


def charge_alone(attempt: ChargeAttempt, request: ChargeRequest, *, now: datetime) -> Found:
    """Charge, after asking the gateways not to collect meanwhile what the attempt is for; what came of it.

    Nothing is charged when one of the invoices is not open there as it is here, when a debit is on its way for one of
    them, or when there was no answer. What the gateway told is taken in. One that has ended there and is owed again is
    collected by nobody else; so is one of a gateway that is not configured any more.
    """
    ids = _invoices_of(attempt)
    rows = GatewayInvoice.objects.filter(invoice__in=ids, state__in=PAYABLE, gateway__in=settings.PAYMENT_GATEWAYS)
    if not all(_is_left(row, now) for row in rows.order_by("pk")) or debit_beside(attempt, ids):
        return Found(ChargeAttempt.State.ABANDONED, decline=Decline(EndedBy.GATEWAY))
    return send_charge(attempt, request, now=now)


def tell(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Tell the gateways of money that came here for their invoices; how many invoices are settled with them.

    Level by level, not call by call: each look compares both books and does what is missing, however often it is done.
    """
    due = GatewayInvoice.objects.filter(look_at__lte=now).order_by("look_at", "pk").select_related("invoice")
    return sum(_look(row, now) for row in due[:BATCH] if not deadline.is_over)


def _invoices_of(attempt: ChargeAttempt) -> list[int]:
    if attempt.invoice_ids:
        return list(attempt.invoice_ids)
    mine = Invoice.objects.filter(customer=attempt.customer_id, currency=attempt.currency, balance__gt=0)
    return list(mine.values_list("pk", flat=True))


def _is_left(row: GatewayInvoice, now: datetime) -> bool:
    try:
        theirs = _left_to_us(row, now)
    except Exception:
        logger.exception("Gateway %s did not leave invoice %s to us.", row.gateway, row.external_id)
        return False
    if theirs is None:
        return False
    sync_invoices.take(row.gateway, [theirs], now=now, rings=False)
    owed = Invoice.objects.get(pk=row.invoice_id).balance - went_back(row.invoice_id)
    return theirs.state in PAYABLE and theirs.open >= owed and not _is_debited(row, theirs, now)


def _is_debited(row: GatewayInvoice, theirs: TheirInvoice, now: datetime) -> bool:
    """Whether the gateway's own debit is on its way for it, of which its event may not have told yet."""
    return bool(theirs.references) and _ask(row, lambda accounts: accounts.is_debited(row.external_id), now)


def _left_to_us(row: GatewayInvoice, now: datetime) -> TheirInvoice | None:
    """The invoice once the gateway does not collect it. Only a hold that is taken is noted, and given back one day."""
    theirs = _found(row, now)
    if theirs is None or not theirs.collects:
        return theirs
    GatewayInvoice.objects.filter(pk=row.pk).update(is_held=True, look_at=now + SURELY_OVER, looks=0)
    crashpoint("hold.before_call")
    theirs = _ask(row, lambda accounts: accounts.collect(row.external_id, by_itself=False), now)
    crashpoint("hold.after_call")
    return theirs


def _look(row: GatewayInvoice, now: datetime) -> bool:
    """True when both books agree now. The next look is put off first, so that no other worker does it beside us."""
    looks = row.looks + 1
    mine = GatewayInvoice.objects.filter(pk=row.pk, looks=row.looks, look_at=row.look_at)
    if not mine.update(looks=looks, look_at=now + pause_after_look(looks)):
        return False
    try:
        if not _is_told(row, now):
            return False
    except Exception:
        logger.exception("Gateway %s could not be told of invoice %s.", row.gateway, row.external_id)
        return False
    return bool(GatewayInvoice.objects.filter(pk=row.pk, looks=looks).update(look_at=None, is_held=False))


def _is_told(row: GatewayInvoice, now: datetime) -> bool:
    theirs = _found(row, now)
    if theirs and theirs.state in PAYABLE and paid_net(row.invoice_id) > theirs.paid:
        theirs = _ask(row, lambda accounts: accounts.collect(row.external_id, by_itself=False), now)
        crashpoint("tell.after_hold")
        if _is_debited(row, theirs, now):
            return False  # money twice is for its end to tell
        theirs = _count(row, theirs, now)
    elif theirs and theirs.state in PAYABLE and _is_under_way(row.invoice):
        return False
    elif theirs and row.is_held and owns_retries(row.gateway):
        theirs = _ask(row, lambda accounts: accounts.collect(row.external_id, by_itself=True), now)
    if theirs:
        sync_invoices.take(row.gateway, [theirs], now=now, rings=False)
        _complain_of_difference(row, theirs, now)
    return True


def _count(row: GatewayInvoice, theirs: TheirInvoice, now: datetime) -> TheirInvoice | None:
    """Count there what was paid here: charges for this invoice alone one by one, all else once everything is paid."""
    for reference in whole_payments(row.invoice_id, row.gateway):
        if theirs.state in PAYABLE and reference not in theirs.references:
            _tell(row, partial(_credit, invoice=row.external_id, reference=reference), now)
            crashpoint("tell.after_credit")
    fresh = _found(row, now)
    if fresh and fresh.state in PAYABLE and paid_net(row.invoice_id) >= fresh.amount - fresh.credited:
        _tell(row, lambda accounts: accounts.mark_paid(row.external_id), now)
        crashpoint("tell.after_mark")
        fresh = _found(row, now)
    return fresh


def _credit(accounts: Accounts, *, invoice: str, reference: str) -> None:
    accounts.credit_payment(invoice, reference)


def _complain_of_difference(row: GatewayInvoice, theirs: TheirInvoice, now: datetime) -> None:
    """What was given up or credited here is for a person to give up there."""
    open_here = Invoice.objects.get(pk=row.invoice_id).balance
    if theirs.state is not InvoiceState.OPEN or open_here >= theirs.open:
        return
    value = in_words(theirs.open, theirs.currency)
    problem = f"is open there, and here {in_words(open_here, theirs.currency)}"
    remedy = "Credit or void it there, or take note of the payments there: the gateway does not know them."
    found = [Finding(row.external_id, "open", value, problem, remedy, is_refused=False)]
    sync_findings.note(row.gateway, Kind.INVOICE, [row.external_id], found, now=now)


def _is_under_way(invoice: Invoice) -> bool:
    live = ChargeAttempt.objects.filter(customer=invoice.customer_id, currency=invoice.currency, state__in=LIVE)
    return any(not attempt.invoice_ids or invoice.pk in attempt.invoice_ids for attempt in live)


def _found(row: GatewayInvoice, now: datetime) -> TheirInvoice | None:
    found = _ask(row, lambda accounts: accounts.find(Kind.INVOICE, row.external_id), now)
    return found if isinstance(found, TheirInvoice) else None


def _tell(row: GatewayInvoice, what: Callable[[Accounts], None], now: datetime) -> None:
    """A refusal for good is looked into: the next find says whether it was told before, and a difference is shown."""
    try:
        _ask(row, what, now)
    except GatewayRefusal as refusal:
        if not refusal.permanent:
            raise
        logger.warning("Gateway %s, invoice %s: %s", row.gateway, row.external_id, refusal)


def _ask(row: GatewayInvoice, question: Callable[[Accounts], T], now: datetime) -> T:
    return ask_accounts(row.gateway, question, now=now)
