"""Promises, instalment plans, disputes and late-payment claims, and what came of them."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH, FOR_CUSTOMER, fetched, grouped, rows_of
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.question import DAY, Question
from dunning.figures.report import Report
from dunning.rules.figures.promises import ENOUGH, TOLERANCE

PLACED = "(hold.placed_at AT TIME ZONE 'UTC')::date"
# What a hold is about: its invoice, or whatever was due when it was placed.
ABOUT = f"""
    invoice.customer_id = hold.customer_id
    AND (invoice.id = hold.invoice_id OR hold.invoice_id IS NULL AND invoice.due_on <= {PLACED})"""
PROMISE = f"""
  SELECT promise.*, until_on + {TOLERANCE.days} <= %(as_of)s AS is_due,
    CASE WHEN paid >= amount * {ENOUGH} THEN 'kept' WHEN is_taken_back AND NOT is_replaced THEN 'taken back'
      WHEN is_taken_back OR until_on + {TOLERANCE.days} <= %(as_of)s THEN 'broken' ELSE 'running' END AS state
  FROM (
    SELECT hold.id, hold.customer_id, hold.reason AS label, hold.until_on AS on_day, hold.until_on, invoice.currency,
      sum(before.amount) AS amount, sum(before.paid) AS paid,
      coalesce(hold.released_at < %(end)s AND (hold.released_at AT TIME ZONE 'UTC')::date <= hold.until_on, FALSE)
        AS is_taken_back,
      EXISTS (SELECT 1 FROM customers_hold later WHERE later.customer_id = hold.customer_id AND later.kind = 'promise'
        AND later.id > hold.id AND later.placed_at < hold.released_at + interval '1 day' AND later.placed_at < %(end)s)
        AS is_replaced
    FROM customers_hold hold JOIN customers_invoice invoice ON {ABOUT}
    CROSS JOIN LATERAL (
      SELECT sum(entry.amount) FILTER (WHERE {DAY} <= {PLACED}) AS amount,
        -coalesce(sum(entry.amount) FILTER (WHERE kind IN ('paid', 'refunded') AND {DAY} > {PLACED}
          AND {DAY} <= hold.until_on + {TOLERANCE.days}), 0) AS paid
      FROM customers_ledgerentry entry WHERE entry.invoice_id = invoice.id AND {DAY} <= %(as_of)s) AS before
    WHERE hold.kind = 'promise' AND hold.placed_at < %(end)s AND hold.until_on IS NOT NULL AND before.amount > 0
      AND hold.until_on BETWEEN %(first)s AND %(last)s
    GROUP BY hold.id, invoice.currency) AS promise
"""


def _states(*names: str) -> dict[str, str]:
    return {
        **{name.replace(" ", "_"): f"count(*) FILTER (WHERE unit.state = '{name}')" for name in names},
        **{
            f"{name.replace(' ', '_')}_amount": f"coalesce(sum(unit.amount) FILTER (WHERE unit.state = '{name}'), 0)"
            for name in names
        },
    }


PROMISE_UNIT = Unit(
    sql=PROMISE,
    page="customers_hold",
    noun="promise",
    measures={"made": "count(*)", "amount": "sum(unit.amount)", **_states("kept", "broken", "running", "taken back")},
    groups={**BY_MONTH, **BY_CUSTOMER},
)
PROMISE_COLUMNS = (
    Column("made", "Promises", Kind.COUNT, lambda m: m["made"], only="TRUE"),
    Column("amount", "Promised", Kind.MONEY, lambda m: m["amount"]),
    Column("kept", "Kept", Kind.SHARE, lambda m: Share(m["kept"], m["kept"] + m["broken"]), only="unit.state = 'kept'"),
    Column(
        "kept_amount",
        "Kept, of the amount",
        Kind.SHARE,
        lambda m: Share(m["kept_amount"], m["kept_amount"] + m["broken_amount"], is_counted=False),
    ),
    Column("broken", "Broken", Kind.COUNT, lambda m: m["broken"], only="unit.state = 'broken'"),
    Column("running", "Not due yet", Kind.COUNT, lambda m: m["running"], only="unit.state = 'running'"),
    Column("running_amount", "Not due yet", Kind.MONEY, lambda m: m["running_amount"]),
    Column("taken_back", "Taken back", Kind.COUNT, lambda m: m["taken_back"], only="unit.state = 'taken back'"),
)

PROMISES = Report(
    key="promises",
    title="Promises",
    asks="Do customers pay when they said they would?",
    definition=(
        "Promised: what was open of the invoice, or of all that was due, when the promise was made. Kept: at least "
        f"95 % of it was paid by the day and {TOLERANCE.days} days for the bank.",
        "Share kept: of those whose day has come. Put off to another day: broken once. Taken back: left out.",
    ),
    cohort="Promises by the day they were for, within the period.",
    in_progress="What is not due yet stands beside and is not in the share.",
    columns=PROMISE_COLUMNS,
    drawn="kept",
    unit=PROMISE_UNIT,
)
PLAN_UNIT = Unit(
    sql="""
  SELECT plan.id, plan.customer_id, 'plan of ' || plan.began_on AS label, plan.began_on AS on_day, plan.currency,
    plan.amount, CASE WHEN plan.ended_at < %(end)s THEN plan.state ELSE 'active' END AS state
  FROM payments_instalmentplan plan
  WHERE plan.began_on BETWEEN %(first)s AND %(until)s AND plan.made_at < %(end)s
""",
    page="payments_instalmentplan",
    noun="plan",
    measures={"made": "count(*)", "amount": "sum(unit.amount)", **_states("kept", "broken", "active", "ended")},
    groups={**BY_MONTH, **BY_CUSTOMER},
)
PLAN_COLUMNS = (
    Column("made", "Plans", Kind.COUNT, lambda m: m["made"], only="TRUE"),
    Column("amount", "Agreed", Kind.MONEY, lambda m: m["amount"]),
    Column("kept", "Kept", Kind.SHARE, lambda m: Share(m["kept"], m["kept"] + m["broken"]), "unit.state = 'kept'"),
    Column("broken", "Broken", Kind.COUNT, lambda m: m["broken"], only="unit.state = 'broken'"),
    Column("active", "In progress", Kind.SHARE, lambda m: Share(m["active"], m["made"]), "unit.state = 'active'"),
    Column("ended", "Ended by the desk", Kind.COUNT, lambda m: m["ended"], only="unit.state = 'ended'"),
)

PLANS = Report(
    key="plans",
    title="Instalment plans",
    asks="Are instalment plans kept?",
    definition=("Share kept: kept ÷ kept and broken. A plan is broken by itself when an instalment is too late.",),
    cohort="Plans by the day on which they began, within the period.",
    in_progress="Plans under way are not in the share; theirs stands beside.",
    columns=PLAN_COLUMNS,
    drawn="kept",
    unit=PLAN_UNIT,
)
DISPUTE_UNIT = Unit(
    sql=f"""
  SELECT hold.id, hold.customer_id, hold.reason AS label, {PLACED} AS on_day, invoice.currency,
    sum(money.amount) AS amount, coalesce(hold.released_at < %(end)s, FALSE) AS is_closed,
    CASE WHEN hold.released_at < %(end)s THEN (hold.released_at AT TIME ZONE 'UTC')::date - {PLACED} END AS days,
    bool_or(money.let_off > 0) AS is_for_customer
  FROM customers_hold hold JOIN customers_invoice invoice ON {ABOUT}
  CROSS JOIN LATERAL (
    SELECT sum(entry.amount) FILTER (WHERE {DAY} <= {PLACED}) AS amount,
      -coalesce(sum(entry.amount) FILTER (
        WHERE kind IN ('credited', 'written_off') AND {DAY} >= {PLACED}), 0) AS let_off
    FROM customers_ledgerentry entry WHERE entry.invoice_id = invoice.id AND {DAY} <= %(as_of)s) AS money
  WHERE hold.kind = 'dispute' AND hold.placed_at >= %(first_at)s AND hold.placed_at < %(end)s
    AND {PLACED} <= %(until)s AND money.amount > 0
  GROUP BY hold.id, invoice.currency
""",
    page="customers_hold",
    noun="dispute",
    measures={
        "raised": "count(*)",
        "amount": "sum(unit.amount)",
        "closed": "count(*) FILTER (WHERE unit.is_closed)",
        "for_customer": "count(*) FILTER (WHERE unit.is_closed AND unit.is_for_customer)",
        "days": "percentile_cont(0.5) WITHIN GROUP (ORDER BY unit.days)",
    },
    groups={**BY_MONTH, **BY_CUSTOMER},
)
BILLED = f"""
SELECT to_char({DAY}, 'YYYY-MM'), invoice.currency, sum(entry.amount)
FROM customers_ledgerentry entry JOIN customers_invoice invoice ON invoice.id = entry.invoice_id
JOIN customers_customer customer ON customer.id = invoice.customer_id
WHERE entry.kind = 'invoiced' AND {DAY} BETWEEN %(first)s AND %(until)s
  AND {FOR_CUSTOMER}
GROUP BY 1, 2
"""
DISPUTE_COLUMNS = (
    Column("raised", "Disputes", Kind.COUNT, lambda m: m["raised"], only="TRUE"),
    Column("amount", "Disputed", Kind.MONEY, lambda m: m["amount"]),
    Column("rate", "Of what was billed", Kind.SHARE, lambda m: Share(m["amount"], m["billed"], is_counted=False)),
    Column("closed", "Closed", Kind.SHARE, lambda m: Share(m["closed"], m["raised"]), "unit.is_closed"),
    Column(
        "for_customer",
        "Decided for the customer",
        Kind.SHARE,
        lambda m: Share(m["for_customer"], m["closed"]),
        "unit.is_closed AND unit.is_for_customer",
    ),
    Column("days", "Median days open", Kind.DAYS, lambda m: m["days"]),
)


def disputes(question: Question) -> list[Row]:
    """Disputes by the month they were raised; beside what was billed in it where grouped by month."""
    billed = {(month, currency): amount for month, currency, amount in fetched(BILLED, question)}
    found = grouped(DISPUTE_UNIT, question)
    return rows_of([{**one, "billed": billed.get((one["part"], one["currency"]), 0)} for one in found], DISPUTE_COLUMNS)


DISPUTES = Report(
    key="disputes",
    title="Disputes",
    asks="How much is disputed, for how long, and who was right?",
    definition=(
        "Disputed: what was open of the invoice when it was disputed. Its rate is of what was billed in that month.",
        "Decided for the customer: closed, and something was credited or written off since it was raised.",
        "Median days open: from raised to closed, of those that are closed.",
    ),
    cohort="Disputes by the day on which they were raised, within the period.",
    in_progress="Open disputes are in the number and the amount, not in days and decisions; the share closed stands "
    "beside.",
    columns=DISPUTE_COLUMNS,
    answers=disputes,
    drawn="rate",
    unit=DISPUTE_UNIT,
)
CLAIM_UNIT = Unit(
    sql="""
  SELECT claim.id, invoice.customer_id, claim.kind || ' on ' || invoice.number AS label, claim.arose_on AS on_day,
    claim.currency, claim.amount, claim.kind, claim.law, coalesce(claim.waived_at < %(end)s, FALSE) AS is_waived,
    coalesce(put.amount, 0) AS paid
  FROM payments_claim claim JOIN customers_invoice invoice ON invoice.id = claim.invoice_id
  LEFT JOIN LATERAL (
    SELECT sum(part.amount) AS amount FROM payments_claimallocation part
    WHERE part.claim_id = claim.id AND part.made_at < %(end)s) AS put ON TRUE
  WHERE claim.raised_at < %(end)s AND claim.arose_on BETWEEN %(first)s AND %(until)s
    AND NOT (claim.kind = 'interest' AND claim.until_on IS NULL)
""",
    page="payments_claim",
    noun="claim",
    measures={
        "raised": "count(*)",
        "amount": "sum(unit.amount)",
        "paid": "sum(unit.paid)",
        "waived": "count(*) FILTER (WHERE unit.is_waived)",
        "waived_amount": "coalesce(sum(unit.amount) FILTER (WHERE unit.is_waived), 0)",
    },
    groups={
        "kind": ("kind", "unit.kind"),
        "law": ("law", "unit.law"),
        **BY_MONTH,
        **BY_CUSTOMER,
    },
)
CLAIM_COLUMNS = (
    Column("raised", "Claims", Kind.COUNT, lambda m: m["raised"], only="TRUE"),
    Column("amount", "Claimed", Kind.MONEY, lambda m: m["amount"]),
    Column("paid", "Paid", Kind.MONEY, lambda m: m["paid"], "unit.paid > 0"),
    Column("share", "Paid, of the amount", Kind.SHARE, lambda m: Share(m["paid"], m["amount"], is_counted=False)),
    Column("waived", "Waived", Kind.SHARE, lambda m: Share(m["waived"], m["raised"]), "unit.is_waived"),
    Column("waived_amount", "Waived", Kind.MONEY, lambda m: m["waived_amount"]),
)

CLAIMS = Report(
    key="claims",
    title="Fees and interest",
    asks="What do late-payment claims bring, and what is waived?",
    definition=("Fees, costs and settled interest beside invoices. Interest that still runs has no amount yet.",),
    cohort="Claims by the day on which they arose, within the period.",
    in_progress="What is neither paid nor waived is in the whole.",
    columns=CLAIM_COLUMNS,
    drawn="share",
    unit=CLAIM_UNIT,
)
