"""What a letter should not do, as SQL that reports, experiments and suggestions share."""


def after_money(left_at: str, until: str) -> str:
    """`notice` names an invoice that money had settled, by value date, on a day before it left.

    Whenever the money was written down, as far as it was before `until`. Both are SQL of a moment.
    """
    return f"""
    EXISTS (
      SELECT 1 FROM jsonb_array_elements(notice.lines) AS line WHERE (
        SELECT sum(entry.amount) <= 0 AND bool_or(entry.kind = 'paid')
        FROM customers_ledgerentry entry
        WHERE entry.invoice_id = (line->>'invoice_id')::bigint AND entry.recorded_at < {until}
          AND entry.occurred_on < ({left_at} AT TIME ZONE 'UTC')::date))"""


def stopped(letter: str, until: str) -> str:
    """The customer stopped some contact within seven days after this notice left, and before `until`."""
    return f"""
    EXISTS (SELECT 1 FROM customers_contactstop stop WHERE stop.customer_id = {letter}.customer_id
      AND stop.since >= {letter}.finished_at AND stop.since < {letter}.finished_at + interval '7 days'
      AND stop.since < {until})"""
