"""Case 10: reports over two years of history, kept as each night does, and worked out on the spot."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection

from config.benchmark.report import Figure, seconds_of
from dunning.figures.book import REPORTS
from dunning.figures.question import Question
from dunning.figures.report import Report
from dunning.figures.shown import panels
from dunning.models import CampaignVersion
from dunning.operations import default_campaign
from dunning.operations.report_answers import answer, kept_answer, last_day_over, usual
from dunning.operations.reports_to_make import at_once

# Each customer is billed three times over two years; three in ten pay late, one in a hundred never.
CUSTOMERS = """
INSERT INTO customers_customer (number, name, language, country, time_zone, segment, created_at, updated_at)
SELECT 'C' || n, 'Customer ' || n, (ARRAY['en', 'de', 'fr', 'es'])[1 + n %% 4], (ARRAY['DE', 'FR', 'GB'])[1 + n %% 3],
  'Europe/Berlin', (ARRAY['', 'key account'])[1 + (n %% 10 = 0)::int], %(began)s, %(began)s
FROM generate_series(1, %(customers)s) n
"""
CONTACTS = """
INSERT INTO customers_contact (customer_id, name, email, phone, is_primary)
SELECT id, name, 'c' || id || '@example.com', '', true FROM customers_customer
"""
INVOICES = """
WITH planned AS (
  SELECT customer.id AS customer_id, k, %(today)s::date - 720 + ((customer.id * 7 + k * 241) %% 720)::int AS issued_on,
    (customer.id * 31 + k * 17) %% 100 AS luck, 50 + (customer.id * 13) %% 900 AS amount
  FROM customers_customer customer CROSS JOIN generate_series(1, 3) k
), billed AS (
  INSERT INTO customers_invoice (customer_id, number, description, issued_on, due_on, currency, amount, balance,
                                 created_at, updated_at)
  SELECT customer_id, 'I' || customer_id || '-' || k, 'Services', issued_on, issued_on + 30,
    (ARRAY['EUR', 'GBP'])[1 + (customer_id %% 4 = 0)::int], amount,
    CASE WHEN issued_on + 30 + late >= %(today)s::date OR luck = 99 THEN amount ELSE 0 END, %(began)s, %(began)s
  FROM (SELECT *, CASE WHEN luck < 70 THEN -luck %% 20 ELSE 3 + luck %% 40 END::int AS late FROM planned) AS planned
  RETURNING id, customer_id, due_on, issued_on, amount, balance, number
)
INSERT INTO customers_ledgerentry (invoice_id, kind, amount, occurred_on, recorded_at, source, reference, note)
SELECT id, 'invoiced', amount, issued_on, issued_on + time '01:00', 'import', '', '' FROM billed
UNION ALL
SELECT id, 'paid', -amount * part / 10, paid_on + part %% 2, paid_on + part %% 2 + time '11:00', 'import',
  part::text, ''
FROM (
  SELECT id, amount, due_on + CASE WHEN luck < 70 THEN -luck %% 20 ELSE 3 + luck %% 40 END::int AS paid_on
  FROM (
    SELECT billed.*, (customer_id * 31 + right(number, 1)::int * 17) %% 100 AS luck FROM billed WHERE balance = 0
  ) AS billed
) AS paid CROSS JOIN (VALUES (7), (3)) AS parts (part)
ORDER BY 5
"""
CASES = """
INSERT INTO dunning_case (customer_id, version_id, about, state, opened_at, level, next_action_at, next_reason,
                          next_because, attention, closed_at, ending, close_reason)
SELECT id, %(version)s, '', 'closed', %(began)s, 1, NULL, '', '[]', '', now(), 'settled', 'paid' FROM customers_customer
"""
# A reminder, and often a second, for each invoice that was paid late or is open.
NOTICES = """
INSERT INTO dunning_notice (case_id, step_id, customer_id, contact_id, channel, due_at, state, queued_at, attempts,
                            reason, address, language, subject, body, lines, message_id, provider_reference,
                            finished_at)
SELECT c.id, step.id, c.customer_id, contact.id, 'email', sent_at, 'sent', sent_at, 1, '', '', 'en', 'Your account', '',
  json_build_array(json_build_object('invoice_id', invoice.id::text, 'number', invoice.number, 'currency',
    invoice.currency, 'balance', invoice.amount::text, 'due_on', invoice.due_on))::jsonb, '', '', sent_at
FROM customers_invoice invoice
JOIN dunning_case c ON c.customer_id = invoice.customer_id
JOIN customers_contact contact ON contact.customer_id = invoice.customer_id
CROSS JOIN LATERAL (SELECT id, offset_days FROM dunning_step WHERE version_id = %(version)s AND kind = 'reminder'
  AND offset_days > 0 ORDER BY position LIMIT 2) AS step
CROSS JOIN LATERAL (SELECT invoice.due_on + step.offset_days + time '08:00' AT TIME ZONE 'UTC' AS sent_at) AS moment
WHERE (invoice.customer_id * 31 + right(invoice.number, 1)::int * 17) %% 100 >= 60 AND sent_at < %(today)s::date
ORDER BY sent_at
ON CONFLICT DO NOTHING
"""
NEWS = """
INSERT INTO dunning_deliveryevent (channel, provider, event_id, kind, said_kind, detail, recipient, notice_key,
                                   reference, body, happened_at, received_at, state, notice_id)
SELECT 'email', 'x', 'e' || id, CASE WHEN id %% 50 = 0 THEN 'bounced' ELSE 'delivered' END, '', '', '', '', '', '',
  finished_at, finished_at, 'applied', id FROM dunning_notice
"""
TRIES = """
INSERT INTO payments_chargeattempt (customer_id, gateway, amount, currency, invoice_ids, idempotency_key, state,
  decline_code, advice_code, network_code, network_advice, card_brand, card_fingerprint, is_attended, is_elsewhere,
  keep_card, may_charge, approval_address, gateway_reference, started_at, finished_at, look_at, looks)
SELECT customer_id, 'sandbox', amount, currency, json_build_array(id)::jsonb, 'k' || id || '-' || n,
  CASE WHEN n = 2 AND id %% 3 = 0 THEN 'succeeded' ELSE 'declined' END,
  CASE WHEN n = 2 AND id %% 3 = 0 THEN ''
    ELSE (ARRAY['insufficient_funds', 'expired_card', 'stolen_card'])[1 + id %% 3] END,
  '', '', '', 'visa', 'f' || customer_id, false, false, false, false, '', '', at, at, at, 0
FROM customers_invoice CROSS JOIN generate_series(1, 2) n
CROSS JOIN LATERAL (SELECT due_on + n * 3 + time '06:00' AT TIME ZONE 'UTC' AS at) AS moment
WHERE id %% 3 <> 1 AND at < %(today)s::date
ORDER BY at
"""
COUNTED = "SELECT reltuples::bigint FROM pg_class WHERE relname = %s"
EVENTS = ("customers_ledgerentry", "dunning_notice", "dunning_deliveryevent", "payments_chargeattempt")


def report(invoices: int, *, now: datetime) -> Iterator[Figure]:
    """Keep every report's answer as a night does, read each back as its page does, and ask for a filter."""
    events = _build(invoices, now)
    day = last_day_over(now)
    times = _seconds(lambda one: kept_answer(one, usual(one, day), now=now))
    told = ", ".join(f"{key} {seconds:.1f}" for key, seconds in sorted(times.items(), key=lambda pair: -pair[1]))
    paints = _seconds(lambda one: panels(one, answer(one, usual(one, day))))
    worst = max(paints, key=lambda key: paints[key])
    ours = f"{1000 * paints[worst]:.0f} ms at most ({worst}); {invoices:,} invoices, {events:,} events"
    yield Figure("10 first paint of a report", ours, "limit 1,000 ms", 1 / paints[worst], 1)
    night = sum(times.values())
    yield Figure("10 a night's answers", f"{night:.0f} s: {told}", "limit 600 s", 600 / night, 1)
    at_first = _seconds(lambda one: at_once(one, _of_a_segment(usual(one, day)), now=now))
    worst = max(at_first, key=lambda key: at_first[key])
    ours = f"{1000 * at_first[worst]:.0f} ms at most ({worst}), with the figures or how far they are"
    yield Figure("10 first paint of a filter nobody asked before", ours, "limit 1,000 ms", 1 / at_first[worst], 1)
    segment = _seconds(lambda one: one.rows(_of_a_segment(usual(one, day))))
    worst = max(segment, key=lambda key: segment[key])
    quick = sum(seconds < 1 for seconds in segment.values())
    ours = f"{quick} of {len(segment)} reports under 1 s, the slowest ({worst}) {segment[worst]:.1f} s"
    yield Figure("10 its figures", ours, "limit 120 s", 120 / segment[worst], 1)


def _seconds(work: Callable[[Report], object]) -> dict[str, float]:
    return {report.key: seconds_of(partial(work, report)) for report in REPORTS.values()}


def _of_a_segment(question: Question) -> Question:
    return Question(question.as_of, question.first, question.last, segment="key account")


def _build(invoices: int, now: datetime) -> int:
    default_campaign.ensure(now=now)
    version = CampaignVersion.objects.filter(published_at__isnull=False).order_by("pk").first()
    assert version
    facts: dict[str, Any] = {
        "customers": invoices // 3,
        "today": now.date(),
        "began": datetime(2019, 1, 1, tzinfo=now.tzinfo),
        "version": version.pk,
    }
    with connection.cursor() as cursor:
        for statement in (CUSTOMERS, CONTACTS, INVOICES, CASES, NOTICES, NEWS, TRIES):
            cursor.execute(statement, facts)
        cursor.execute("VACUUM ANALYZE")
        return sum(_count(cursor, table) for table in EVENTS)


def _count(cursor: Any, table: str) -> int:
    cursor.execute(COUNTED, [table])
    return int(cursor.fetchone()[0])
