"""Charges that others made: the gateway's own retries, its Dashboard. They count for caps and stand in the story.

A debit on its way holds back what it is for, and all of the customer's while nobody knows what that is: nobody is
reminded of it or charged for it meanwhile. It ends as the gateway says.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from customers.models import Customer
from customers.operations import news
from payments.gateways.accounts import Kind, TheirTry
from payments.models import ChargeAttempt, GatewayCustomer, GatewayInvoice, Payment
from payments.operations import sync_findings, unknown_codes
from payments.operations.sync_findings import Finding, Tally
from payments.queries.declines import decline_book, judgement_of
from payments.rules.charging import EndedBy
from payments.rules.methods import fingerprint_of

State = ChargeAttempt.State
ENDLESS = (State.PENDING, State.ABANDONED)  # given up by a person, and told of after all
LOOK_EVERY = timedelta(days=1)  # at a debit on its way, should its event have been missed
ENDS = [
    "state",
    "decline_code",
    "advice_code",
    "network_code",
    "network_advice",
    "invoice_ids",
    "payment",
    "finished_at",
]


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
    known = {attempt.idempotency_key: attempt for attempt in ChargeAttempt.objects.filter(idempotency_key__in=keys)}
    new = [one for one in theirs if one.customer in owners and one.id not in known]
    ended = [one for one in theirs if one.id in known and known[one.id].state in ENDLESS and not one.is_pending]
    _store(alias, new, owners, known, now)
    _store(alias, ended, owners, known, now)
    sync_findings.note(alias, Kind.TRY, keys, found, now=now)
    unchanged = len(told) - len(new) - len(ended) - len(found)
    return Tally(new=len(new), changed=len(ended), unchanged=unchanged, refused=len(found))


@transaction.atomic
def give_up(attempt: ChargeAttempt, *, now: datetime) -> bool:
    """A person has asked the gateway, and no money comes of this debit; False if it had ended.

    What it was for is owed, reminded of and charged again. Should its money come after all, it counts.
    """
    mine = ChargeAttempt.objects.filter(pk=attempt.pk, state=State.PENDING, is_elsewhere=True)
    news.announce([attempt.customer_id])
    return bool(mine.update(state=State.ABANDONED, decline_code=EndedBy.GIVEN_UP, finished_at=now))


def _store(
    alias: str, told: Sequence[TheirTry], owners: dict[str, Customer], known: dict[str, ChargeAttempt], now: datetime
) -> None:
    """Write them down, those that are known already in place of what was known."""
    references = {one.reference for one in told}
    at_gateway = GatewayInvoice.objects.filter(gateway=alias, references__overlap=list(references))
    invoices = {reference: row.invoice_id for row in at_gateway for reference in references & set(row.references)}
    money = Payment.objects.filter(provider=alias, reference__in=references, attempt=None)
    payments = {payment.reference: payment for payment in money}
    attempts = [_attempt(alias, one, owners[one.customer], invoices, payments, now) for one in told]
    for attempt in attempts:
        attempt.pk = known[attempt.idempotency_key].pk if attempt.idempotency_key in known else None
    ChargeAttempt.objects.bulk_create([attempt for attempt in attempts if attempt.pk is None])
    ChargeAttempt.objects.bulk_update([attempt for attempt in attempts if attempt.idempotency_key in known], ENDS)
    book = decline_book(now.date())
    failed = [attempt for attempt in attempts if attempt.state == State.DECLINED]
    unknown = [code for attempt in failed for code in judgement_of(attempt, book).unknown]
    unknown_codes.note(unknown, gateway=alias, now=now)
    news.announce(attempt.customer_id for attempt in attempts)


def _attempt(
    alias: str,
    one: TheirTry,
    customer: Customer,
    invoices: dict[str, int],
    payments: dict[str, Payment],
    now: datetime,
) -> ChargeAttempt:
    decline = one.decline
    return ChargeAttempt(
        customer=customer,
        gateway=alias,
        amount=one.amount,
        currency=one.currency,
        invoice_ids=[invoices[one.reference]] if one.reference in invoices else [],
        idempotency_key=one.id[:64],
        state=State.PENDING if one.is_pending else State.SUCCEEDED if one.is_success else State.DECLINED,
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
        finished_at=None if one.is_pending else one.at,
        look_at=now + LOOK_EVERY,
    )


def _stranger(one: TheirTry) -> Finding:
    remedy = "Read the gateway's lists again; a customer that was deleted there stays away."
    return Finding(one.id, "customer", one.customer, "is not known here", remedy)
