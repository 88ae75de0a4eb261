"""Reading instalment plans: what active plans ask for and when, and how far each has come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from customers.models import Invoice
from payments.models import Instalment as InstalmentRow
from payments.models import InstalmentPlan, PlanInvoice
from payments.rules.instalments import AgreedPlan, Instalment, missing

# One row for each active plan that asks for something: the day of its oldest instalment that is not wholly paid.
# The same as `payments.rules.instalments.missing`, for all plans at once; a test holds both against each other.
OLDEST_MISSING = """
SELECT plan.id AS plan_id, plan.customer_id, plan.patience_days, asked.due_on
FROM payments_instalmentplan plan
CROSS JOIN LATERAL (
  SELECT sum(invoice.balance) AS still_open, sum(invoice.amount - invoice.balance - covered.settled_before) AS settled
  FROM payments_planinvoice covered JOIN customers_invoice invoice ON invoice.id = covered.invoice_id
  WHERE covered.plan_id = plan.id
) AS facts
CROSS JOIN LATERAL (
  SELECT due_on FROM (
    SELECT number, due_on, sum(amount) OVER (ORDER BY number) AS so_far, max(number) OVER () AS last
    FROM payments_instalment WHERE plan_id = plan.id
  ) AS line
  WHERE so_far > greatest(settled, 0) OR number = last ORDER BY number LIMIT 1
) AS asked
WHERE plan.state = 'active' AND still_open > 0
"""
ACTIVE = """
SELECT plan.customer_id, plan.id, plan.made_at,
  (SELECT sum(invoice.amount - invoice.balance - covered.settled_before) FROM payments_planinvoice covered
   JOIN customers_invoice invoice ON invoice.id = covered.invoice_id WHERE covered.plan_id = plan.id),
  ARRAY(SELECT invoice_id FROM payments_planinvoice WHERE plan_id = plan.id),
  ARRAY(SELECT due_on FROM payments_instalment WHERE plan_id = plan.id ORDER BY number),
  ARRAY(SELECT amount FROM payments_instalment WHERE plan_id = plan.id ORDER BY number)
FROM payments_instalmentplan plan WHERE customer_id = ANY(%s) AND state = 'active' ORDER BY plan.id
"""


def active_plans(customer_ids: Sequence[int]) -> dict[int, list[AgreedPlan]]:
    """Customer id → the plans that run, in one query."""
    found: dict[int, list[AgreedPlan]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE, [list(customer_ids)])
        for customer_id, plan_id, made_at, settled, invoice_ids, days, amounts in cursor:
            lines = tuple(Instalment(n, *line) for n, line in enumerate(zip(days, amounts, strict=True), start=1))
            found[customer_id].append(AgreedPlan(plan_id, made_at, settled, frozenset(invoice_ids), lines))
    return found


def with_progress(plans: QuerySet[InstalmentPlan, Any]) -> QuerySet[InstalmentPlan, Any]:
    """Adds `settled`, what its invoices settled since it began, and `still_open`. Summed for the rows shown."""
    settled = F("invoice__amount") - F("invoice__balance") - F("settled_before")
    return plans.annotate(settled=_sum(settled), still_open=_sum(F("invoice__balance")))


def _sum(amount: Any) -> Coalesce:
    whole = ExpressionWrapper(amount, output_field=DecimalField(max_digits=18, decimal_places=4))
    rows = PlanInvoice.objects.filter(plan=OuterRef("pk")).order_by().values("plan").annotate(sum=Sum(whole))
    return Coalesce(Subquery(rows.values("sum")), Decimal(0))


@dataclass(frozen=True, slots=True)
class Progress:
    """One instalment as people read it."""

    instalment: InstalmentRow
    missing: Decimal


def progress(plan: InstalmentPlan) -> list[Progress]:
    """Each instalment of the plan with what is missing of it now."""
    counted: Any = with_progress(InstalmentPlan.objects.filter(pk=plan.pk)).get()
    rows = list(plan.instalments.order_by("number"))
    lines = [Instalment(row.number, row.due_on, row.amount) for row in rows]
    left = {line.number: line.amount for line in missing(lines, settled=counted.settled, still_open=counted.still_open)}
    return [Progress(row, left.get(row.number, Decimal(0))) for row in rows]


def running_instalments(customer_id: int, currency: str) -> list[Progress]:
    """The instalments of the customer's active plans in `currency`, each with what is missing of it."""
    plans = InstalmentPlan.objects.filter(customer=customer_id, currency=currency, state=InstalmentPlan.State.ACTIVE)
    return [step for plan in plans.order_by("pk") for step in progress(plan)]


def plannable(customer_id: int) -> QuerySet[Invoice]:
    """The customer's open invoices that no active plan covers, oldest due first."""
    covered = PlanInvoice.objects.filter(released_at=None, invoice=OuterRef("pk"))
    open_ones = Invoice.objects.filter(customer=customer_id, balance__gt=0)
    return open_ones.exclude(pk__in=covered.values("invoice")).order_by("due_on", "pk")
