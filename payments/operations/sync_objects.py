"""Taking in what a gateway told of its customers, invoices, tries and returns: many at once, or one after an event.

What is taken in is what the gateway says now, so that order and repeats do not matter.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from customers.deadline import NO_DEADLINE, Deadline
from payments.gateways import gateway as gateway_named
from payments.gateways.accounts import Kind, Misread, TheirCustomer, TheirTry, Told, customers_of
from payments.models import ChargeAttempt, GatewayCustomer, GatewayInvoice, Payment
from payments.operations import sync_credits, sync_customers, sync_findings, sync_invoices, sync_returns, sync_tries
from payments.operations.gateway_calls import ask_accounts
from payments.operations.sync_findings import Finding, Tally
from payments.queries.money import recorded_under

logger = logging.getLogger(__name__)

TAKERS: dict[Kind, Callable[..., Tally]] = {
    Kind.CUSTOMER: sync_customers.take,
    Kind.INVOICE: sync_invoices.take,
    Kind.TRY: sync_tries.take,
    Kind.REFUND: partial(sync_returns.take, kind=Kind.REFUND),
    Kind.CREDIT: sync_credits.take,
    Kind.DISPUTE: partial(sync_returns.take, kind=Kind.DISPUTE),
}
BROKEN = "could not be taken in because of an unexpected error"
LOG = "The log says more. The others were taken in; it is tried again with the next sync."


def look_again(alias: str, about: str, *, now: datetime) -> None:
    """Take in one object ("invoice/" and its id) as it is at the gateway now. Raises when there is no answer."""
    kind, _, identity = about.partition("/")
    found = _find(alias, Kind(kind), identity, now)
    if found is None:
        return
    if isinstance(found, TheirTry):
        _bring_invoice(alias, found, now)
    take(alias, Kind.CUSTOMER, strangers(alias, [found], now), now)
    take(alias, Kind(kind), [found], now)


def look_at_debits(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> None:
    """Ask once a day about debits that a gateway began and that are still on their way; its events are faster."""
    theirs = ChargeAttempt.objects.filter(state=ChargeAttempt.State.PENDING, is_elsewhere=True, look_at__lte=now)
    for attempt in theirs.order_by("look_at", "pk")[:100]:
        if deadline.is_over:
            return
        ChargeAttempt.objects.filter(pk=attempt.pk).update(look_at=now + sync_tries.LOOK_EVERY)
        try:
            look_again(attempt.gateway, f"{Kind.TRY}/{attempt.idempotency_key}", now=now)
        except Exception:
            logger.exception("What became of %s at gateway %s is not known.", attempt.idempotency_key, attempt.gateway)


def take(alias: str, kind: Kind, items: Sequence[Told], now: datetime) -> Tally:
    """Take in what was told. The customers that it names must be known: see `strangers`."""
    told = [one for one in items if not isinstance(one, Misread)]
    unread = [one for one in items if isinstance(one, Misread)]
    remedy = "Look at it at the gateway; the others were taken in."
    found = [Finding(one.id, "", "", one.problem, remedy) for one in unread]
    sync_findings.note(alias, kind, [one.id for one in unread], found, now=now)
    return _take_told(alias, kind, told, now).plus(Tally(refused=len(unread)))


def _take_told(alias: str, kind: Kind, told: Sequence[Told], now: datetime) -> Tally:
    """All at once; when that fails for a reason nobody foresaw, one by one, so that one row never stops the others."""
    try:
        with transaction.atomic():
            return TAKERS[kind](alias, told, now=now) if told else Tally()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(told) > 1:
            return _sum_of(_take_told(alias, kind, [one], now) for one in told)
        logger.exception("%s %s of gateway %s could not be taken in.", kind, told[0].id, alias)
        sync_findings.note(alias, kind, [told[0].id], [Finding(told[0].id, "", "", BROKEN, LOG)], now=now)
        return Tally(refused=1)


def _sum_of(tallies: Iterator[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total = total.plus(tally)
    return total


def strangers(alias: str, items: Sequence[Told], now: datetime) -> list[Told]:
    """The customers that these invoices and tries name and that are not known here yet, asked for one by one."""
    named = customers_of(items)
    links = GatewayCustomer.objects.filter(gateway=alias, external_id__in=named)
    unknown = sorted(named - set(links.values_list("external_id", flat=True)))
    found = [_find(alias, Kind.CUSTOMER, identity, now) for identity in unknown]
    return [one for one in found if isinstance(one, TheirCustomer | Misread)]


def _find(alias: str, kind: Kind, identity: str, now: datetime) -> Told | None:
    return ask_accounts(alias, lambda accounts: accounts.find(kind, identity), now=now)


def payment_of(alias: str, reference: str, *, now: datetime) -> Payment | None:
    """The payment of this reference; one that the gateway took for an invoice unknown here comes with the invoice."""
    known = recorded_under(alias, reference)
    if known is None and gateway_named(alias).accounts() is not None:
        if invoice := ask_accounts(alias, lambda accounts: accounts.invoice_of(reference), now=now):
            look_again(alias, f"{Kind.INVOICE}/{invoice}", now=now)
        known = recorded_under(alias, reference)
    return known


def _bring_invoice(alias: str, one: TheirTry, now: datetime) -> None:
    """A try that comes before its invoice brings it along, and money that comes before its payment does."""
    is_known = GatewayInvoice.objects.filter(gateway=alias, references__contains=[one.reference]).exists()
    if one.is_ours or (is_known and not (one.is_success and recorded_under(alias, one.reference) is None)):
        return
    invoice = ask_accounts(alias, lambda accounts: accounts.invoice_of(one.reference), now=now)
    if invoice:
        look_again(alias, f"{Kind.INVOICE}/{invoice}", now=now)
