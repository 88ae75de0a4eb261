"""Settling bank lines: sure matches by themselves, the others by a person. A line is settled once."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from customers.deadline import NO_DEADLINE, Deadline
from customers.models import Customer, Invoice
from customers.operations import news
from payments.models import BankLine, LikelyPayer, Payment
from payments.operations import payments
from payments.queries import recorded_under
from payments.rules.matching import Match, likely, matches, sure
from payments.snapshot import candidates_for

BATCH = 50
State = BankLine.State


class BankLineRefusal(ValueError):
    """The line cannot be settled as asked; the message says why, and what to do instead."""


def match_waiting(*, now: datetime, deadline: Deadline = NO_DEADLINE) -> int:
    """Match every line that waits, newest first: sure ones are posted, for the others the likely payers are kept.

    Returns how many were posted. Each line is settled in a transaction of its own; a line that cannot be posted waits,
    and so does what is left at the deadline.
    """
    waiting = BankLine.objects.filter(state=State.WAITING).order_by("-pk")
    ids = list(waiting.values_list("pk", flat=True))
    starts = range(0, len(ids), BATCH)
    return sum(_match_batch(ids[start : start + BATCH], now) for start in starts if not deadline.is_over)


def suggestions(line: BankLine, *, now: datetime) -> list[Match]:
    """Whose money it could be, best first, as the books are now."""
    [(money, candidates)] = candidates_for([line], now=now)
    return matches(money, candidates)


def _match_batch(line_ids: Sequence[int], now: datetime) -> int:
    lines = list(BankLine.objects.filter(pk__in=line_ids, state=State.WAITING).order_by("booked_on", "pk"))
    found = [matches(money, candidates) for money, candidates in candidates_for(lines, now=now)]
    _keep_likely(lines, found)
    posted = 0
    for line, hits in zip(lines, found, strict=True):
        match = sure(hits)
        posted += bool(match and _post_sure(line, match, now))
    return posted


def _post_sure(line: BankLine, match: Match, now: datetime) -> bool:
    """False when the books have moved since they were read, or a person was faster: then it waits for one."""
    try:
        with transaction.atomic():
            _lock_customer(match.customer_id)
            if not _still_open(line, match):
                return False
            return _post(line, match.customer_id, match.invoice_ids, match.why, now=now, by=None)
    except (BankLineRefusal, payments.PaymentRefusal):
        return False


def _still_open(line: BankLine, match: Match) -> bool:
    balances = list(Invoice.objects.filter(pk__in=match.invoice_ids).values_list("balance", flat=True))
    return all(balance > 0 for balance in balances) if match.is_printed else sum(balances) == line.amount


def _keep_likely(lines: Sequence[BankLine], found: Sequence[Sequence[Match]]) -> None:
    """Write down whom the lines are probably from, and tell the engine of every customer for whom that changed."""
    rows = {
        (line.pk, match.customer_id): LikelyPayer(line=line, customer_id=match.customer_id, score=match.score)
        for line, hits in zip(lines, found, strict=True)
        for match in likely(hits)
    }
    ids = [line.pk for line in lines]
    if rows.keys() == _kept(ids).keys():
        return
    with transaction.atomic():
        locked = BankLine.objects.select_for_update().filter(pk__in=ids, state=State.WAITING).order_by("pk")
        waiting, kept = set(locked.values_list("pk", flat=True)), _kept(ids)
        new = [pair for pair in rows if pair not in kept and pair[0] in waiting]
        stale = [pair for pair in kept if pair not in rows]
        LikelyPayer.objects.filter(pk__in=[kept[pair] for pair in stale]).delete()
        LikelyPayer.objects.bulk_create([rows[pair] for pair in new])
        news.announce(customer_id for _, customer_id in [*new, *stale])


def _kept(line_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(line, customer) → row."""
    rows = LikelyPayer.objects.filter(line__in=line_ids).values_list("line_id", "customer_id", "pk")
    return {(line_id, customer_id): pk for line_id, customer_id, pk in rows}


@transaction.atomic
def post(
    line: BankLine,
    customer: Customer,
    *,
    invoice_ids: Sequence[int],
    why: str,
    now: datetime,
    by: User | None,
) -> bool:
    """Post the line to `customer`, settling these invoices (none: the oldest); what is left over stays unapplied.

    False when exactly this had been done before. Raises BankLineRefusal when it is settled otherwise or another
    customer's invoice is named, and payments.PaymentRefusal.
    """
    _lock_customer(customer.pk)
    others = Invoice.objects.filter(pk__in=invoice_ids).exclude(customer=customer).first()
    if others:
        raise BankLineRefusal(f"Invoice {others.number} is another customer's. Choose invoices of {customer}.")
    return _post(line, customer.pk, invoice_ids, why, now=now, by=by)


@transaction.atomic
def set_aside(line: BankLine, *, reason: str, now: datetime, by: User | None) -> bool:
    """Mark the line as not a customer's payment. False when it was so before; raises BankLineRefusal when posted."""
    locked = _lock(line)
    if locked.state == State.SET_ASIDE:
        return False
    _refuse_unless_waiting(locked)
    _settle(locked, State.SET_ASIDE, reason, now=now, by=by)
    return True


def _lock_customer(customer_id: int) -> None:
    """Locks are taken in one order: customer, bank line, invoices."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)


def _lock(line: BankLine) -> BankLine:
    return BankLine.objects.select_for_update().get(pk=line.pk)


def _post(
    line: BankLine, customer_id: int, invoice_ids: Sequence[int], why: str, *, now: datetime, by: User | None
) -> bool:
    locked = _lock(line)
    if locked.state == State.POSTED and locked.customer_id == customer_id:
        return False
    _refuse_unless_waiting(locked)
    customer = Customer.objects.get(pk=customer_id)
    locked.payment = _by_hand_before(locked, customer) or payments.record(
        customer,
        amount=locked.amount,
        currency=locked.currency,
        received_on=locked.value_on or locked.booked_on,
        source=Payment.Source.BANK,
        provider=locked.account,
        reference=locked.key,
        invoice_ids=invoice_ids or None,
        now=now,
        by=by,
    )
    locked.customer = customer
    _settle(locked, State.POSTED, why, now=now, by=by)
    return True


def _by_hand_before(line: BankLine, customer: Customer) -> Payment | None:
    """The payment that the desk recorded under the bank's reference before the statement came, if it did."""
    earlier = recorded_under("", line.bank_reference) if line.bank_reference else None
    told = (customer.pk, line.amount, line.currency)
    if not earlier or told != (earlier.customer_id, earlier.amount, earlier.currency):
        return None
    return None if BankLine.objects.filter(payment=earlier).exists() else earlier


def _settle(line: BankLine, state: State, reason: str, *, now: datetime, by: User | None) -> None:
    line.state, line.reason, line.settled_at, line.settled_by = state, reason[:500], now, by
    line.save(update_fields=["state", "reason", "settled_at", "settled_by", "payment", "customer"])
    held = LikelyPayer.objects.filter(line=line)
    news.announce(held.values_list("customer_id", flat=True))
    held.delete()


def _refuse_unless_waiting(line: BankLine) -> None:
    if line.state == State.POSTED:
        raise BankLineRefusal(f"It is posted already, to {line.customer}. Nothing was done a second time.")
    if line.state == State.SET_ASIDE:
        raise BankLineRefusal(f"It was set aside: {line.reason}")
    if line.state == State.NOT_FOR_US:
        raise BankLineRefusal("Money went out here. Only money that came in can be posted.")
