"""A portfolio of any size, made by SQL in seconds: one in ten invoices opens a case that is due."""

from datetime import datetime
from typing import Any

from django.db import connection

from dunning.operations import default_campaign

CUSTOMERS = """
INSERT INTO customers_customer (number, name, language, country, time_zone, segment, created_at, updated_at)
SELECT 'C' || n, 'Customer ' || n, (ARRAY['en', 'de', 'fr', 'es'])[1 + n %% 4], 'DE', 'Europe/Berlin', '', %(long_ago)s,
  %(long_ago)s FROM generate_series(1, %(customers)s) n
"""
CONTACTS = """
INSERT INTO customers_contact (customer_id, name, email, phone, is_primary)
SELECT id, name, 'c' || id || '@example.com', '', true FROM customers_customer
"""
# Three invoices each: the first overdue for three customers in ten, the second paid, the third due next month.
INVOICES = """
WITH billed AS (
  INSERT INTO customers_invoice (customer_id, number, description, issued_on, due_on, currency, amount, balance,
                                 created_at, updated_at)
  SELECT id, 'I' || id || '-' || k, 'Services', %(today)s::date - 60,
    CASE WHEN k = 1 AND id %% 10 < 3 THEN %(today)s::date - 1 ELSE %(today)s::date + 30 END,
    'EUR', 100 + k, CASE WHEN k = 2 THEN 0 ELSE 100 + k END, %(long_ago)s, %(long_ago)s
  FROM customers_customer CROSS JOIN generate_series(1, 3) k
  RETURNING id, amount, balance
)
INSERT INTO customers_ledgerentry (invoice_id, kind, amount, occurred_on, recorded_at, source, reference, note)
SELECT id, 'invoiced', amount, %(today)s::date - 60, %(long_ago)s, 'import', '', '' FROM billed
UNION ALL
SELECT id, 'paid', -amount, %(today)s::date - 30, %(long_ago)s, 'import', '', '' FROM billed WHERE balance = 0
"""


def build(invoices: int, *, now: datetime) -> None:
    """Fill the empty scratch database with `invoices` invoices of a third as many customers."""
    default_campaign.ensure(now=now)
    facts: dict[str, Any] = {
        "customers": invoices // 3,
        "today": now.date(),
        "long_ago": datetime(2019, 1, 1, tzinfo=now.tzinfo),
    }
    with connection.cursor() as cursor:
        for statement in (CUSTOMERS, CONTACTS, INVOICES):
            cursor.execute(statement, facts)
        cursor.execute("VACUUM ANALYZE")
