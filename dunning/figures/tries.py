"""Card tries: what trying again brings and wastes, and how failed card payments ended."""

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH
from dunning.figures.columns import Column, Kind, Share, Unit
from dunning.figures.question import DAY
from dunning.figures.report import Report
from payments.queries.hopeless import hopeless_refusals

# A row for each try, ours or the gateway's, without the customer, and each invoice it was for: its place among all of
# them, and the try before it of the same card, where the card is known.
CHAIN = """
    SELECT attempt.*, (attempt.started_at AT TIME ZONE 'UTC')::date AS on_day, row_number() OVER chain AS place,
      first_value(attempt.decline_code) OVER chain AS first_code,
      CASE WHEN attempt.card_fingerprint <> '' THEN lag(attempt.id) OVER of_card END AS before_id
    FROM payments_chargeattempt attempt CROSS JOIN jsonb_array_elements(attempt.invoice_ids) AS invoice_id
    WHERE NOT attempt.is_attended AND attempt.state IN ('succeeded', 'declined') AND attempt.finished_at < %(end)s
    WINDOW chain AS (PARTITION BY invoice_id ORDER BY attempt.started_at, attempt.id),
      of_card AS (PARTITION BY invoice_id, attempt.card_fingerprint ORDER BY attempt.started_at, attempt.id)
"""
RETRY_UNIT = Unit(
    sql=f"""
  SELECT id, customer_id, coalesce(nullif(decline_code, ''), 'succeeded') AS label, on_day, currency, amount,
    max(place) - 1 AS place, coalesce(nullif((array_agg(first_code ORDER BY place DESC))[1], ''), 'not told') AS cause,
    state = 'succeeded' AS is_success,
    coalesce(bool_or(before_id IN (SELECT unnest(%(hopeless)s::bigint[]))), FALSE) AS is_waste
  FROM ({CHAIN}) AS retry WHERE on_day BETWEEN %(first)s AND %(until)s
  GROUP BY id, customer_id, decline_code, on_day, currency, amount, state HAVING max(place) > 1
""",
    page="payments_chargeattempt",
    noun="retry",
    measures={
        "tried": "count(*)",
        "succeeded": "count(*) FILTER (WHERE unit.is_success)",
        "wasted": "count(*) FILTER (WHERE unit.is_waste)",
        "came": "coalesce(sum(unit.amount) FILTER (WHERE unit.is_success), 0)",
    },
    groups={
        "cause": ("first refusal", "unit.cause"),
        "number": ("try number", "unit.place::text"),
        "both": ("first refusal and try", "unit.cause || ', retry ' || unit.place"),
        **BY_MONTH,
        "country": BY_CUSTOMER["country"],
    },
    filters={"cause": "unit.cause"},
    facts=lambda question: {"hopeless": hopeless_refusals(question.end)},
)
RETRY_COLUMNS = (
    Column("tried", "Retries", Kind.COUNT, lambda m: m["tried"], only="TRUE"),
    Column("yield", "Brought money", Kind.SHARE, lambda m: Share(m["succeeded"], m["tried"]), "unit.is_success"),
    Column("waste", "Wasted", Kind.SHARE, lambda m: Share(m["wasted"], m["tried"]), "unit.is_waste"),
    Column("came", "Came in", Kind.MONEY, lambda m: m["came"]),
)


RETRIES = Report(
    key="retries",
    title="Retries of cards",
    asks="What does trying a card again bring, and what is wasted?",
    definition=(
        "A retry is any try, ours or the gateway's, to charge the same invoice again without the customer; of several "
        "invoices, any of them. It belongs to the code of the first refusal.",
        "Wasted: made although the last refusal of the same card for the invoice meant never, or not before the data "
        "changed. All its codes are weighed, by the rules of its day. Of a card that is not known nobody can say.",
    ),
    cohort="Retries by the day on which they were made, within the period.",
    in_progress="A try whose outcome is not known yet is left out until it is.",
    columns=RETRY_COLUMNS,
    drawn="yield",
    filters=("segment", "currency", "country", "cause"),
    unit=RETRY_UNIT,
)
OUTCOME_UNIT = Unit(
    sql=f"""
  SELECT failed.id, failed.customer_id, money.numbers AS label, failed.on_day, failed.currency, failed.amount,
    coalesce(nullif(failed.decline_code, ''), 'not told') AS cause, failed.state = 'declined' AS is_failed,
    CASE WHEN failed.state <> 'declined' THEN 'paid at once' WHEN money.is_open THEN 'in progress'
      WHEN money.written_off > 0 THEN 'passive churn' WHEN money.came <= 0 THEN 'active cancel'
      WHEN EXISTS (
        SELECT 1 FROM payments_chargeattempt again CROSS JOIN jsonb_array_elements(again.invoice_ids) AS tried_for
        WHERE again.customer_id = failed.customer_id AND NOT again.is_attended AND again.state = 'succeeded'
          AND again.finished_at < %(end)s AND again.id > failed.id
          AND again.card_fingerprint = failed.card_fingerprint AND failed.invoice_ids @> tried_for)
      THEN 'retry' ELSE 'card update' END AS outcome
  FROM (
    SELECT id, customer_id, on_day, currency, amount, decline_code, state, card_fingerprint, invoice_ids
    FROM ({CHAIN}) AS tried WHERE on_day BETWEEN %(first)s AND %(until)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING max(place) = 1) AS failed
  CROSS JOIN LATERAL (
    SELECT string_agg(number, ', ' ORDER BY number) AS numbers, bool_or(left_open > 0) AS is_open, sum(came) AS came,
      sum(written_off) AS written_off
    FROM (
      SELECT invoice.number, sum(entry.amount) AS left_open,
        -coalesce(sum(entry.amount) FILTER (WHERE kind IN ('paid', 'refunded') AND {DAY} >= failed.on_day), 0) AS came,
        -coalesce(sum(entry.amount) FILTER (WHERE kind = 'written_off' AND {DAY} >= failed.on_day), 0) AS written_off
      FROM jsonb_array_elements_text(failed.invoice_ids) AS charged
      JOIN customers_invoice invoice ON invoice.id = charged::bigint
      LEFT JOIN customers_ledgerentry entry ON entry.invoice_id = invoice.id AND {DAY} <= %(as_of)s
      GROUP BY invoice.id) AS each) AS money
""",
    page="payments_chargeattempt",
    noun="first try",
    measures={
        "tried": "count(*)",
        "failed": "count(*) FILTER (WHERE unit.is_failed)",
        "failed_amount": "coalesce(sum(unit.amount) FILTER (WHERE unit.is_failed), 0)",
        **{
            name: f"count(*) FILTER (WHERE unit.outcome = '{words}')"
            for name, words in {
                "card_update": "card update",
                "retry": "retry",
                "cancel": "active cancel",
                "churn": "passive churn",
                "open": "in progress",
            }.items()
        },
    },
    groups={**BY_MONTH, "cause": ("refusal", "unit.cause"), **BY_CUSTOMER},
    filters={"cause": "unit.cause"},
)


def _outcome(name: str, title: str, words: str) -> Column:
    return Column(name, title, Kind.SHARE, lambda m: Share(m[name], m["failed"]), f"unit.outcome = '{words}'")


OUTCOME_COLUMNS = (
    Column("tried", "First tries", Kind.COUNT, lambda m: m["tried"], only="TRUE"),
    Column("failed", "Failed", Kind.SHARE, lambda m: Share(m["failed"], m["tried"]), "unit.is_failed"),
    Column("failed_amount", "Failed", Kind.MONEY, lambda m: m["failed_amount"]),
    _outcome("retry", "Retry", "retry"),
    _outcome("card_update", "Card update", "card update"),
    _outcome("cancel", "Active cancel", "active cancel"),
    _outcome("churn", "Passive churn", "passive churn"),
    _outcome("open", "In progress", "in progress"),
)

OUTCOMES = Report(
    key="outcomes",
    title="Failed card payments",
    asks="How do failed card payments end?",
    definition=(
        "Failed: the first try was refused, for one invoice or several of which none was tried before; its share is "
        "the payment failure rate. Retry: paid, and a later try of the same card brought money. Card update: paid "
        "otherwise, by the customer or from another card.",
        "Active cancel: settled without money. Passive churn: written off. These four and what is in progress (any of "
        "its invoices is open) add up to what failed.",
    ),
    cohort="First tries without the customer, by their day within the period.",
    in_progress="What is still open stays in the whole; its share stands beside.",
    columns=OUTCOME_COLUMNS,
    drawn="retry",
    filters=("segment", "currency", "country", "cause"),
    unit=OUTCOME_UNIT,
)
