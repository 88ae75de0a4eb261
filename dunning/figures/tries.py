"""Card tries: what trying again brings and wastes, and how failed card payments ended."""

import json

from dunning.figures.asking import BY_CUSTOMER, BY_MONTH, FOR_CUSTOMER, grouped, rows_of
from dunning.figures.columns import Column, Kind, Row, Share, Unit
from dunning.figures.question import DAY, Question
from dunning.figures.report import NOT_YET, Report
from dunning.rules.figures.retries import head_room, is_narrow
from payments.models import DeclineRule, NetworkCap
from payments.rules.declines import ANY_NETWORK, CapScope, Meaning

HOPELESS = (Meaning.NEVER, Meaning.FIX_DATA)
# A chain: every try, ours or the gateway's, to charge the same invoice without the customer.
CHAIN = """
    SELECT attempt.id, attempt.customer_id, attempt.currency, attempt.amount, attempt.state, attempt.card_fingerprint,
      (attempt.started_at AT TIME ZONE 'UTC')::date AS on_day, (attempt.invoice_ids->>0)::bigint AS invoice_id,
      row_number() OVER chain AS place, first_value(attempt.decline_code) OVER chain AS first_code,
      lag(attempt.decline_code) OVER chain AS code_before,
      lag(attempt.network_code) OVER chain AS network_before, attempt.decline_code
    FROM payments_chargeattempt attempt
    WHERE NOT attempt.is_attended AND attempt.state IN ('succeeded', 'declined') AND attempt.finished_at < %(end)s
      AND jsonb_array_length(attempt.invoice_ids) > 0
    WINDOW chain AS (
      PARTITION BY attempt.customer_id, attempt.currency, attempt.invoice_ids->>0
      ORDER BY attempt.started_at, attempt.id)
"""
RETRY_UNIT = Unit(
    sql=f"""
  SELECT retry.id, retry.customer_id, coalesce(nullif(retry.decline_code, ''), 'succeeded') AS label, retry.on_day,
    retry.currency, retry.amount, retry.place - 1 AS place,
    coalesce(nullif(retry.first_code, ''), 'not told') AS cause,
    retry.state = 'succeeded' AS is_success,
    coalesce(retry.code_before = ANY(%(hopeless)s) OR retry.network_before = ANY(%(hopeless)s), FALSE) AS is_waste
  FROM ({CHAIN}) AS retry WHERE retry.place > 1 AND retry.on_day BETWEEN %(first)s AND %(until)s
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
    facts=lambda _: {"hopeless": _hopeless_codes()},
)
RETRY_COLUMNS = (
    Column("tried", "Retries", Kind.COUNT, lambda m: m["tried"], only="TRUE"),
    Column("yield", "Brought money", Kind.SHARE, lambda m: Share(m["succeeded"], m["tried"]), "unit.is_success"),
    Column("waste", "Wasted", Kind.SHARE, lambda m: Share(m["wasted"], m["tried"]), "unit.is_waste"),
    Column("came", "Came in", Kind.MONEY, lambda m: m["came"]),
)


def _hopeless_codes() -> list[str]:
    """Codes of any layer that say never, or not before the data changed."""
    rules = DeclineRule.objects.filter(meaning__in=[meaning.value for meaning in HOPELESS]).exclude(code="*")
    return sorted(set(rules.values_list("code", flat=True)))


RETRIES = Report(
    key="retries",
    title="Retries of cards",
    asks="What does trying a card again bring, and what is wasted?",
    definition=(
        "A retry is any try, ours or the gateway's, to charge the same invoice again without the customer. It belongs "
        "to the code of the first refusal.",
        "Wasted: made although the refusal before it meant never, or not before the data changed.",
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
  SELECT failed.id, failed.customer_id, invoice.number AS label, failed.on_day, failed.currency, failed.amount,
    coalesce(nullif(failed.decline_code, ''), 'not told') AS cause, failed.state = 'declined' AS is_failed,
    CASE WHEN failed.state <> 'declined' THEN 'paid at once' WHEN money.left_open > 0 THEN 'in progress'
      WHEN money.written_off > 0 THEN 'passive churn' WHEN money.came <= 0 THEN 'active cancel'
      WHEN EXISTS (
        SELECT 1 FROM payments_chargeattempt again
        WHERE again.customer_id = failed.customer_id AND NOT again.is_attended AND again.state = 'succeeded'
          AND again.finished_at < %(end)s AND again.id > failed.id
          AND again.card_fingerprint = failed.card_fingerprint AND (again.invoice_ids->>0)::bigint = failed.invoice_id)
      THEN 'retry' ELSE 'card update' END AS outcome
  FROM ({CHAIN}) AS failed JOIN customers_invoice invoice ON invoice.id = failed.invoice_id
  CROSS JOIN LATERAL (
    SELECT sum(entry.amount) AS left_open,
      -coalesce(sum(entry.amount) FILTER (WHERE kind IN ('paid', 'refunded') AND {DAY} >= failed.on_day), 0) AS came,
      -coalesce(sum(entry.amount) FILTER (WHERE kind = 'written_off' AND {DAY} >= failed.on_day), 0) AS written_off
    FROM customers_ledgerentry entry WHERE entry.invoice_id = failed.invoice_id AND {DAY} <= %(as_of)s) AS money
  WHERE failed.place = 1 AND failed.on_day BETWEEN %(first)s AND %(until)s
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
        "Failed: the first try for the invoice was refused; its share is the payment failure rate. Retry: paid, and a "
        "later try of the same card brought money. Card update: paid otherwise, by the customer or from another card.",
        "Active cancel: settled without money. Passive churn: written off. These four and what is in progress add up "
        "to what failed.",
    ),
    cohort="First tries without the customer, by their day within the period.",
    in_progress="What is still open stays in the whole; its share stands beside.",
    columns=OUTCOME_COLUMNS,
    drawn="retry",
    filters=("segment", "currency", "country", "cause"),
    unit=OUTCOME_UNIT,
)
# One row per card: its newest try, and how many there were. `caps`: by network, "" for every other.
CARDS = Unit(
    sql=f"""
  SELECT card.*, coalesce(%(caps)s::jsonb->>brand, %(caps)s::jsonb->>'')::int AS cap
  FROM (
    SELECT max(attempt.id) AS id, max(attempt.customer_id) AS customer_id, count(*) || ' tries' AS label,
      max(attempt.started_at AT TIME ZONE 'UTC')::date AS on_day, '' AS currency, NULL::numeric AS amount,
      coalesce(nullif(lower(card_brand), ''), 'not known') AS brand, count(*) AS tries
    FROM payments_chargeattempt attempt JOIN customers_customer customer ON customer.id = attempt.customer_id
    WHERE card_fingerprint <> '' AND started_at >= %(end)s - interval '30 days' AND started_at < %(end)s
      AND {FOR_CUSTOMER}
    GROUP BY card_fingerprint, 7) AS card
""",
    page="payments_chargeattempt",
    noun="card",
    measures={"used": "array_agg(unit.tries)"},
    groups={"brand": ("network", "unit.brand")},
    facts=lambda question: {"caps": json.dumps(_caps(question))},
)
ROOM_COLUMNS = (
    Column("cap", "Tries allowed", Kind.COUNT, lambda m: m["cap"]),
    Column("cards", "Cards tried", Kind.COUNT, lambda m: len(m["used"]), "TRUE"),
    Column("most", "Most tries of a card", Kind.COUNT, lambda m: max(m["used"])),
    Column("room", "Least head-room", Kind.COUNT, lambda m: min(head_room(m["cap"], used) for used in m["used"])),
    Column(
        "narrow",
        "Cards with less than 20 % left",
        Kind.SHARE,
        lambda m: Share(sum(is_narrow(m["cap"], used) for used in m["used"]), len(m["used"])),
        "5 * greatest(unit.cap - unit.tries, 0) < unit.cap",
    ),
)


def room(question: Question) -> list[Row]:
    """Head-room under the caps on tries in 30 days, by the card's network."""
    caps = _caps(question)
    found = [{**one, "cap": caps.get(one["part"], caps[""])} for one in grouped(CARDS, question)]
    return rows_of([one for one in found if one["cap"]], ROOM_COLUMNS)


def _caps(question: Question) -> dict[str, int]:
    """Network → its cap; under "" that of every card whose network has none of its own."""
    found: dict[str, int] = {}
    rows = NetworkCap.objects.filter(scope=CapScope.DAYS_30, same_amount=False, country="")
    for cap in rows.filter(valid_from__lte=question.as_of).order_by("valid_from"):
        found[cap.network] = cap.limit
    return {**found, "": found.get("other") or found.get(ANY_NETWORK, 0)}


ROOM = Report(
    key="room",
    title="Cap head-room",
    asks="How much room do the networks' caps leave?",
    definition=("For each card: the network's cap on tries in 30 days less the tries in the 30 days to the date.",),
    cohort="Cards with a try in the 30 days to the date of the report, by network.",
    in_progress=NOT_YET,
    columns=ROOM_COLUMNS,
    answers=room,
    unit=CARDS,
    drawn="narrow",
    filters=("segment", "country"),
    has_period=False,
)
