"""Promises and what came of them, as SQL: reports, profiles and campaigns judge by the same statement."""

from dunning.rules.figures.promises import ENOUGH, TOLERANCE

PLACED = "(hold.placed_at AT TIME ZONE 'UTC')::date"
# What a hold is about: its invoice, or whatever was due when it was placed.
ABOUT = f"""
    invoice.customer_id = hold.customer_id
    AND (invoice.id = hold.invoice_id OR hold.invoice_id IS NULL AND invoice.due_on <= {PLACED})"""
VALUE_DAY = "entry.occurred_on"


def stood(day: str = VALUE_DAY) -> str:
    """Of an entry: it stood in the books at the moment the hold was placed; what was billed by then did, too.

    `day`: SQL of the day to which the entry belongs.
    """
    return f"(entry.recorded_at <= hold.placed_at OR entry.kind = 'invoiced' AND {day} <= {PLACED})"


def judged(which: str, day: str = VALUE_DAY) -> str:
    """One row for each promise and currency, with its `state`; `which`: a condition on `hold`, `day`: as in `stood`.

    `amount`: what was open when it was made, less credits (and bills corrected downwards) since. It is kept once enough
    of that was paid in time. Put off to another day: broken. Asks for `as_of` and `end`, the first moment after it.
    """
    since = f"(NOT {stood(day)} AND {day} <= least(hold.until_on + {TOLERANCE.days}, %(as_of)s))"
    return f"""
  SELECT promise.*, CASE WHEN greatest(amount, paid) <= 0 THEN 'taken back'
      WHEN paid >= amount * {ENOUGH} THEN 'kept' WHEN is_taken_back AND NOT is_replaced THEN 'taken back'
      WHEN is_taken_back OR until_on + {TOLERANCE.days} <= %(as_of)s THEN 'broken' ELSE 'running' END AS state
  FROM (
    SELECT hold.id, hold.customer_id, hold.reason, hold.until_on, invoice.currency,
      sum(money.open - money.credited) AS amount, sum(money.paid) AS paid, bool_or(invoice.balance > 0) AS is_open,
      coalesce(hold.released_at < %(end)s AND (hold.released_at AT TIME ZONE 'UTC')::date <= hold.until_on, FALSE)
        AS is_taken_back,
      EXISTS (SELECT 1 FROM customers_hold later WHERE later.customer_id = hold.customer_id AND later.kind = 'promise'
        AND later.id > hold.id AND later.placed_at < hold.released_at + interval '1 day' AND later.placed_at < %(end)s)
        AS is_replaced
    FROM customers_hold hold JOIN customers_invoice invoice ON {ABOUT}
    CROSS JOIN LATERAL (
      SELECT sum(entry.amount) FILTER (WHERE {stood(day)}) AS open,
        -coalesce(sum(entry.amount) FILTER (
          WHERE entry.kind IN ('credited', 'invoiced') AND entry.amount < 0 AND {since}), 0) AS credited,
        -coalesce(sum(entry.amount) FILTER (WHERE entry.kind IN ('paid', 'refunded') AND {since}), 0) AS paid
      FROM customers_ledgerentry entry WHERE entry.invoice_id = invoice.id) AS money
    WHERE hold.kind = 'promise' AND hold.until_on IS NOT NULL AND money.open > 0 AND {which}
    GROUP BY hold.id, invoice.currency) AS promise"""
