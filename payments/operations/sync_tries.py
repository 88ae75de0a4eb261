"""Charges that others made: the gateway's own retries, its Dashboard. They count for caps and stand in the story.

They are written down once they have an end, so that they never are under way here and never charge anything.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.models import Customer
from customers.operations import news
from payments.decline_queries import decline_book, judgement_of
from payments.gateways.accounts import Kind, TheirTry
from payments.models import ChargeAttempt, GatewayCustomer, GatewayInvoice, Payment
from payments.operations import sync_findings, unknown_codes
from payments.operations.sync_findings import Finding, Tally
from payments.rules.methods import fingerprint_of

State = ChargeAttempt.State


@transaction.atomic
def take(alias: str, told: Sequence[TheirTry], *, now: datetime) -> Tally:
    """Write down the tries that are not known yet, in a fixed number of queries; our own are known anyway."""
    theirs = [one for one in told if not one.is_ours]
    links = GatewayCustomer.objects.filter(gateway=alias, external_id__in={one.customer for one in theirs})
    owners = {link.external_id: link.customer for link in links.select_related("customer")}
    ids = [customer.pk for customer in owners.values()]
    list(Customer.objects.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk"))
    found = [_stranger(one) for one in theirs if one.customer not in owners]
    keys = [one.id for one in theirs]
    known = set(ChargeAttempt.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True))
    new = [one for one in theirs if one.customer in owners and one.id not in known]
    _store(alias, new, owners, now)
    sync_findings.note(alias, Kind.TRY, keys, found, now=now)
    return Tally(new=len(new), unchanged=len(told) - len(new) - len(found), refused=len(found))


def _store(alias: str, new: Sequence[TheirTry], owners: dict[str, Customer], now: datetime) -> None:
    references = {one.reference for one in new}
    at_gateway = GatewayInvoice.objects.filter(gateway=alias, references__overlap=list(references))
    invoices = {reference: row.invoice_id for row in at_gateway for reference in references & set(row.references)}
    money = Payment.objects.filter(provider=alias, reference__in=references, attempt=None)
    payments = {payment.reference: payment for payment in money}
    attempts = [_attempt(alias, one, owners[one.customer], invoices, payments) for one in new]
    ChargeAttempt.objects.bulk_create(attempts)
    book = decline_book(now.date())
    failed = [attempt for attempt in attempts if attempt.state == State.DECLINED]
    unknown = [code for attempt in failed for code in judgement_of(attempt, book).unknown]
    unknown_codes.note(unknown, gateway=alias, now=now)
    news.announce(attempt.customer_id for attempt in attempts)


def _attempt(
    alias: str, one: TheirTry, customer: Customer, invoices: dict[str, int], payments: dict[str, Payment]
) -> ChargeAttempt:
    decline = one.decline
    return ChargeAttempt(
        customer=customer,
        gateway=alias,
        amount=one.amount,
        currency=one.currency,
        invoice_ids=[invoices[one.reference]] if one.reference in invoices else [],
        idempotency_key=one.id[:64],
        state=State.SUCCEEDED if one.is_success else State.DECLINED,
        decline_code=decline.code[:64],
        advice_code=decline.advice[:64],
        network_code=decline.network_code[:16],
        network_advice=decline.network_advice[:16],
        card_brand=one.card_brand[:32],
        card_fingerprint=fingerprint_of(one.card, one.card_fingerprint, gateway=alias)[:64],
        is_attended=False,
        is_elsewhere=True,
        gateway_reference=one.reference[:128],
        payment=payments.pop(one.reference, None) if one.is_success else None,
        started_at=one.at,
        finished_at=one.at,
        look_at=one.at,
    )


def _stranger(one: TheirTry) -> Finding:
    remedy = "Read the gateway's lists again; a customer that was deleted there stays away."
    return Finding(one.id, "customer", one.customer, "is not known here", remedy)
