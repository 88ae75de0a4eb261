"""Invoices of a gateway, taken into the books: billed, credited, paid, voided or given up, each once for ever."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from customers.models import Invoice, LedgerEntry
from customers.operations import news
from customers.operations.ledger import Posting, post_to
from customers.operations.told import ToldInvoice, add_invoices
from customers.rules.import_cell import visible
from customers.rules.import_text import LENGTHS, masked
from payments.gateways.accounts import InvoiceState, Kind, TheirInvoice
from payments.models import ChargeAttempt, Payment
from payments.operations import sync_findings, telling
from payments.operations.allocations import Part, write_parts
from payments.operations.credit import settle_for
from payments.operations.sync_book import ZERO, Book
from payments.operations.sync_findings import Finding, Tally
from payments.rules.their_invoices import Coming, Moves, Theirs, moves

AGAIN = 3  # a batch, when somebody else stores one of its numbers at the same time
ENDS = {InvoiceState.VOID: LedgerEntry.Kind.CREDITED, InvoiceState.UNCOLLECTIBLE: LedgerEntry.Kind.WRITTEN_OFF}


def take(alias: str, told: Sequence[TheirInvoice], *, now: datetime, rings: bool = True) -> Tally:
    """Take the invoices in, in a fixed number of queries. Their customers must be known; others' are refused.

    An invoice is found by the gateway's id, else by its number: what a file brought is linked, not doubled. What of
    an invoice contradicts the books is listed, and the books are kept. `rings`: have the gateway told soon of what was
    paid here first; whoever is telling it just now has no need to be rung.
    """
    for left in reversed(range(AGAIN)):
        try:
            return _take(alias, told, now, rings)
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _take(alias: str, told: Sequence[TheirInvoice], now: datetime, rings: bool) -> Tally:
    book = Book(alias, told)
    found = [finding for one in told if (finding := book.contradiction(one))]
    refused = {finding.external_id for finding in found}
    good = [one for one in told if one.id not in refused]
    new = _add(book, good, now)
    changed = _take_facts(book, good, now)
    plans = {one.id: moves(_theirs(one), book.ours(one)) for one in good}
    changed |= _post(book, good, plans, now)
    changed |= book.link(good, {identity: _outside(plan) for identity, plan in plans.items()}, now=now)
    _link_tries(alias, book, good)
    telling.look_at_soon(_paid_here_first(book, good) if rings else [], now=now)
    settle_for([book.owners[one.customer] for one in good if _leaves_credit(plans[one.id])], now=now)
    warnings: list[Finding] = [warning for one in good if (warning := book.warning(one))]
    sync_findings.note(alias, Kind.INVOICE, [one.id for one in told], found + warnings, now=now)
    return Tally(len(new), len(changed - new), len(good) - len(changed | new), len(refused))


def _add(book: Book, good: Sequence[TheirInvoice], now: datetime) -> set[str]:
    """Store what is new and post what was billed; the ids."""
    new = [one for one in good if one.id not in book.invoices]
    made = add_invoices([_told(one, book.owners[one.customer]) for one in new], now=now)
    book.invoices.update({one.id: invoice for one, invoice in zip(new, made, strict=True)})
    kind, source = LedgerEntry.Kind.INVOICED, book.alias[:16]
    billed = [Posting(book.invoices[one.id].pk, kind, one.amount, one.issued_on, source, one.id) for one in new]
    post_to(made, billed, now=now)
    for invoice in made:
        invoice.balance = invoice.amount
    return {one.id for one in new}


def _take_facts(book: Book, good: Sequence[TheirInvoice], now: datetime) -> set[str]:
    """Dates and description as the gateway has them; the ids of those that changed."""
    changed = {}
    for one in good:
        invoice = book.invoices[one.id]
        facts = (one.issued_on, one.due_on, _description(one) or invoice.description)
        if facts != (invoice.issued_on, invoice.due_on, invoice.description):
            invoice.issued_on, invoice.due_on, invoice.description = facts
            invoice.updated_at = now
            changed[one.id] = invoice
    if changed:
        Invoice.objects.bulk_update(changed.values(), ["issued_on", "due_on", "description", "updated_at"])
        news.announce(invoice.customer_id for invoice in changed.values())
    return set(changed)


def _post(book: Book, good: Sequence[TheirInvoice], plans: dict[str, Moves], now: datetime) -> set[str]:
    """Record the payments, and post all that moves; the ids of the invoices that moved."""
    _record(book, [(one, money) for one in good for money in plans[one.id].payments], now)
    locked = book.invoices.values()
    post_to(locked, [posting for one in good for posting in _without_money(book, one, plans[one.id])], now=now)
    for one in good:
        plan = plans[one.id]
        book.invoices[one.id].balance -= plan.credit + plan.closes + sum((m.settles for m in plan.payments), ZERO)
    return {one.id for one in good if plans[one.id] != Moves(ZERO, (), ZERO)}


def _record(book: Book, coming: Sequence[tuple[TheirInvoice, Coming]], now: datetime) -> None:
    recorded = Payment.objects.bulk_create(_payment(book, one, money, now) for one, money in coming)
    parts = [
        Part(payment.pk, book.invoices[one.id].pk, money.settles, payment.received_on)
        for payment, (one, money) in zip(recorded, coming, strict=True)
        if money.settles
    ]
    if parts:
        write_parts({payment.pk: payment for payment in recorded}, list(book.invoices.values()), parts, now=now)


def _without_money(book: Book, one: TheirInvoice, plan: Moves) -> Iterable[Posting]:
    """What was taken off the invoice, and what closing it there leaves open here."""
    pk, source = book.invoices[one.id].pk, book.alias[:16]
    if plan.credit:
        reference = f"{one.id}/credited/{one.credited}"
        note = f"credited at {book.alias}"
        yield Posting(pk, LedgerEntry.Kind.CREDITED, -plan.credit, one.ended_on, source, reference, note)
    if plan.closes:
        note = f"{one.state} at {book.alias}"
        yield Posting(pk, ENDS[one.state], -plan.closes, one.ended_on, source, f"{one.id}/{one.state}", note)


def _payment(book: Book, one: TheirInvoice, money: Coming, now: datetime) -> Payment:
    """Money past the gateway has no reference of its own there: it is known by what was paid in sum."""
    days = {payment.reference: payment.on for payment in one.payments}
    return Payment(
        customer_id=book.owners[one.customer],
        amount=money.amount,
        currency=one.currency,
        unapplied=money.amount,
        received_on=days.get(money.reference, one.ended_on),
        recorded_at=now,
        source=Payment.Source.GATEWAY,
        provider=book.alias,
        reference=money.reference or f"{one.id}/{one.paid}",
    )


def _link_tries(alias: str, book: Book, good: Sequence[TheirInvoice]) -> None:
    """Tell the tries that were heard of first what they were for, and which payment came of them."""
    owner = {reference: book.invoices[one.id] for one in good for reference in one.references}
    tries = list(ChargeAttempt.objects.filter(gateway=alias, gateway_reference__in=owner, is_elsewhere=True))
    paid = {
        payment.reference: payment
        for payment in Payment.objects.filter(provider=alias, reference__in={one.gateway_reference for one in tries})
    }
    for one in tries:
        one.invoice_ids = [owner[one.gateway_reference].pk]
        if one.state == ChargeAttempt.State.SUCCEEDED and one.payment_id is None:
            one.payment = paid.get(one.gateway_reference)
    if tries:
        ChargeAttempt.objects.bulk_update(tries, ["invoice_ids", "payment"])


def _paid_here_first(book: Book, good: Sequence[TheirInvoice]) -> list[int]:
    """Our ids of invoices of which less is open here than there: the gateway is to be told."""
    return [
        book.invoices[one.id].pk
        for one in good
        if one.state is InvoiceState.OPEN and book.invoices[one.id].balance < one.open
    ]


def _told(one: TheirInvoice, owner: int) -> ToldInvoice:
    return ToldInvoice(one.number, owner, one.currency, one.amount, one.issued_on, one.due_on, _description(one))


def _description(one: TheirInvoice) -> str:
    return masked(visible(one.description))[: LENGTHS["description"]]


def _theirs(one: TheirInvoice) -> Theirs:
    payments = {payment.reference: payment.amount for payment in one.payments}
    return Theirs(one.paid, one.credited, payments, is_closed=one.state in ENDS)


def _leaves_credit(plan: Moves) -> bool:
    return any(money.settles < money.amount for money in plan.payments)


def _outside(plan: Moves) -> Decimal:
    return sum((money.amount for money in plan.payments if not money.reference), ZERO)
