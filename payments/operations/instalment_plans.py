"""Instalment plans: made and ended by a person, kept and broken by the facts.

Whoever makes a plan locks the customer and the invoices, so that a payment that arrives meanwhile is either in the
plan's sum or counts towards its first instalment.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import connection, transaction

from customers.models import Customer, Invoice
from customers.operations import news
from customers.operations.ledger import lock_invoices
from customers.rules.days import local_day
from customers.rules.money import in_words
from payments.models import Instalment, InstalmentPlan, PlanInvoice
from payments.queries.invoices import PAYING, sum_of
from payments.queries.plans import OLDEST_MISSING
from payments.rules.instalments import Interval, ScheduleRefusal, is_broken, schedule

BATCH = 500
LONGEST_WAIT = timedelta(days=366)  # to the first instalment
LONGEST_PATIENCE = 90  # days
State = InstalmentPlan.State
WHY_BROKEN = "an instalment was still not wholly paid after the days of patience"

KEPT = """
WITH done AS (
  UPDATE payments_instalmentplan plan SET state = CASE WHEN given_up THEN 'ended' ELSE 'kept' END, ended_at = %(now)s,
    ended_on = (%(now)s AT TIME ZONE 'UTC')::date, end_reason = CASE WHEN given_up THEN 'written off'
      ELSE 'everything it covered is settled' END
  FROM (
    SELECT id, EXISTS (
      SELECT 1 FROM payments_planinvoice covered JOIN customers_ledgerentry entry USING (invoice_id)
      WHERE covered.plan_id = one.id AND entry.kind = 'written_off' AND entry.recorded_at >= one.made_at
    ) AS given_up
    FROM payments_instalmentplan one
    WHERE state = 'active' AND customer_id = ANY(%(customers)s) AND NOT EXISTS (
      SELECT 1 FROM payments_planinvoice covered JOIN customers_invoice invoice ON invoice.id = covered.invoice_id
      WHERE covered.plan_id = one.id AND invoice.balance > 0)
  ) AS settled
  WHERE plan.id = settled.id AND plan.state = 'active' RETURNING plan.id
)
UPDATE payments_planinvoice SET released_at = %(now)s WHERE plan_id IN (SELECT id FROM done)
"""
# Nobody's plan breaks while they are paying, or while the plan was on hold within the last days of its patience.
LATE = f"""
SELECT late.plan_id, late.customer_id, late.due_on, late.patience_days, customer.time_zone
FROM ({OLDEST_MISSING}) AS late JOIN customers_customer customer ON customer.id = late.customer_id
WHERE late.due_on + late.patience_days <= %(now)s::date
  AND NOT EXISTS (SELECT 1 FROM ({PAYING}) AS payer WHERE payer.customer_id = late.customer_id)
  AND NOT EXISTS (
    SELECT 1 FROM customers_hold hold WHERE hold.customer_id = late.customer_id
      AND (hold.invoice_id IS NULL
        OR hold.invoice_id IN (SELECT invoice_id FROM payments_planinvoice WHERE plan_id = late.plan_id))
      AND least(coalesce(hold.released_at::date, 'infinity'), coalesce(hold.until_on, 'infinity'))
        + late.patience_days >= %(now)s::date)
  AND (%(customers)s::bigint[] IS NULL OR late.customer_id = ANY(%(customers)s))
ORDER BY late.due_on + late.patience_days, late.plan_id LIMIT %(most)s
"""


class PlanRefusal(ValueError):
    """The plan cannot be made or ended as asked; the message says why, and what to do instead."""


@transaction.atomic
def make(
    customer: Customer,
    *,
    invoice_ids: Sequence[int],
    total: Decimal,
    parts: int,
    first_on: date,
    interval: Interval,
    patience_days: int,
    now: datetime,
    by: User | None,
) -> InstalmentPlan:
    """Agree that what is open of these invoices (one currency) is paid in `parts` instalments from `first_on` on.

    `total` is what the person who agrees has seen as open: when it is something else by now, nothing is agreed. Raises
    PlanRefusal, also for an invoice that is not open, another customer's, or in an active plan already.
    """
    invoices = _locked(customer, invoice_ids)
    today, currency = local_day(now, customer.time_zone), invoices[0].currency
    still_open = _insist_on(total, invoices)
    lines = proposed(
        still_open,
        currency,
        parts=parts,
        first_on=first_on,
        interval=interval,
        patience_days=patience_days,
        today=today,
    )
    plan = InstalmentPlan.objects.create(
        customer=customer,
        currency=currency,
        amount=still_open,
        interval=interval.value,
        patience_days=patience_days,
        began_on=today,
        made_at=now,
        made_by=by,
    )
    PlanInvoice.objects.bulk_create(
        PlanInvoice(plan=plan, invoice=i, amount=i.balance, settled_before=i.amount - i.balance) for i in invoices
    )
    Instalment.objects.bulk_create(Instalment(plan=plan, **line) for line in lines)
    news.announce([customer.pk])
    return plan


def proposed(
    total: Decimal,
    currency: str,
    *,
    parts: int,
    first_on: date,
    interval: Interval,
    patience_days: int,
    today: date,
) -> list[dict[str, object]]:
    """The schedule that `make` would store on `today`. Raises PlanRefusal."""
    if not today <= first_on <= today + LONGEST_WAIT:
        raise PlanRefusal("Choose a first day from today on, within a year.")
    if not 0 <= patience_days <= LONGEST_PATIENCE:
        raise PlanRefusal(f"Choose between 0 and {LONGEST_PATIENCE} days of patience.")
    try:
        lines = schedule(total, currency, parts=parts, first_on=first_on, interval=interval)
    except ScheduleRefusal as refusal:
        raise PlanRefusal(str(refusal)) from refusal
    return [{"number": line.number, "due_on": line.due_on, "amount": line.amount} for line in lines]


def _insist_on(total: Decimal, invoices: Sequence[Invoice]) -> Decimal:
    """What is open, as the person who agrees has seen it. Raises PlanRefusal when it is something else by now."""
    still_open, currency = sum_of(invoices), invoices[0].currency
    if still_open == total:
        return still_open
    raise PlanRefusal(
        f"{in_words(still_open, currency)} is open by now, not {in_words(total, currency)}. Look at the schedule again "
        "and agree to that one."
    )


def _locked(customer: Customer, invoice_ids: Sequence[int]) -> list[Invoice]:
    invoices = lock_invoices(invoice_ids)
    if not invoices:
        raise PlanRefusal("Choose at least one open invoice.")
    for invoice in invoices:
        if invoice.customer_id != customer.pk:
            raise PlanRefusal(f"Invoice {invoice.number} is another customer's. Choose invoices of {customer}.")
        if invoice.balance <= 0:
            raise PlanRefusal(f"Nothing is open of invoice {invoice.number} any more. Leave it out.")
    if len({invoice.currency for invoice in invoices}) > 1:
        raise PlanRefusal("A plan has one currency. Make one plan for each.")
    covered = PlanInvoice.objects.filter(invoice__in=invoices, released_at=None).select_related("invoice").first()
    if covered:
        raise PlanRefusal(f"Invoice {covered.invoice.number} is in an active plan already. End that one first.")
    return invoices


@transaction.atomic
def end(plan: InstalmentPlan, *, reason: str, now: datetime, by: User | None) -> None:
    """End an active plan: its invoices count with their own due dates again. Raises PlanRefusal when it had ended."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=plan.customer_id)
    if not reason.strip():
        raise PlanRefusal("Say in a sentence why the plan ends.")
    if not _stop([plan.pk], State.ENDED, reason, local_day(now, customer.time_zone), now, by):
        raise PlanRefusal("This plan had ended before. Nothing was changed.")
    news.announce([customer.pk])


def close_kept(customer_ids: Sequence[int], *, now: datetime) -> None:
    """Close these customers' plans of which nothing is open any more: kept, or ended when it was written off."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT, {"now": now, "customers": list(customer_ids)})


def break_late(*, now: datetime) -> int:
    """End as broken every plan with an instalment not wholly paid after its days of patience; returns how many.

    A fixed number of queries a batch. The customers are told of to the engine, and are locked before the last look, so
    that a payment that is just being recorded counts.
    """
    broken = 0
    while True:
        with transaction.atomic():
            found = [customer_id for _, customer_id, _ in _late(now, None)]
            locked = Customer.objects.select_for_update(no_key=True).filter(pk__in=found).order_by("pk")
            customers = list(locked.values_list("pk", flat=True))
            late = _late(now, customers) if customers else []
            for day in {day for *_, day in late}:
                _stop([pk for pk, _, on in late if on == day], State.BROKEN, WHY_BROKEN, day, now, None)
            news.announce(customer_id for _, customer_id, _ in late)
        broken += len(late)
        if len(found) < BATCH:
            return broken


def _late(now: datetime, customers: Sequence[int] | None) -> list[tuple[int, int, date]]:
    """(plan, customer, the customer's day) of plans that break now."""
    with connection.cursor() as cursor:
        cursor.execute(LATE, {"now": now, "customers": None if customers is None else list(customers), "most": BATCH})
        rows = list(cursor.fetchall())
    return [
        (plan_id, customer_id, today)
        for plan_id, customer_id, due_on, patience_days, zone in rows
        if is_broken(due_on, patience_days=patience_days, today=(today := local_day(now, zone)))
    ]


def _stop(plan_ids: Sequence[int], state: State, reason: str, on: date, now: datetime, by: User | None) -> int:
    active = InstalmentPlan.objects.filter(pk__in=plan_ids, state=State.ACTIVE)
    stopped = active.update(state=state, end_reason=reason[:300], ended_on=on, ended_at=now, ended_by=by)
    if stopped:
        PlanInvoice.objects.filter(plan__in=plan_ids).update(released_at=now)
    return stopped
