"""What a staged row would change in the books: one query, used for the preview and again when a row goes in."""

from typing import Any

from django.db import connection

from customers.models import ImportIssue, ImportRun
from customers.rules.import_columns import COLUMNS
from customers.rules.refusals import WRITTEN, stop_of

# Where a row and the books disagree, the books win. Code -> kind, column, what is wrong (%s: the books), remedy.
FINDINGS = {
    "moved": (
        "refused", "customer_number", "claims an invoice that belongs to customer %s",
        "Check both numbers; an invoice cannot change hands.",
    ),
    "currency": (
        "refused", "currency", "differs from the invoice in the books, which is in %s",
        "Issue a new invoice: a currency cannot change.",
    ),
    "too_early": (
        "refused", "due_on", "lies before the invoice date in the books, %s", "Give issued_on too, or check the date.",
    ),
    "closed": (
        "conflict", "amount", "differs from %s, and the invoice is closed", "A file does not reopen an invoice.",
    ),
    "too_small": (
        "conflict", "amount", "is less than the %s already settled", "Record a credit note or a refund at the desk.",
    ),
    "paid_less": (
        "conflict", "paid_amount", "is less than the %s in the books", "The books are kept; check the payments.",
    ),
    "paid_more": (
        "conflict", "paid_amount", "is more than what was still open, with %s in the books as paid",
        "What was open is settled; check credits and write-offs.",
    ),
}  # fmt: skip

WAYS = ("email", "phone", "street", "street_2", "postal_code", "city", "region")  # of reaching the contact
RENEWAL = ("renewal_of", "renewal_amount", "renewal_currency")


def renewed(column: str, said: str) -> str:
    """What a fact of the renewal becomes: for another day the file's counts as a whole, as that is another renewal."""
    whole = f"{said}.{column}" if column == "renewal_amount" else f"coalesce({said}.{column}, '')"
    is_another = f"coalesce({said}.renews_on, c.renews_on) IS DISTINCT FROM c.renews_on"
    return f"CASE WHEN {is_another} THEN {whole} ELSE coalesce({said}.{column}, c.{column}) END"


# A refusal that they ever had here counts no more: whoever took one back since is not overruled by an old file.
IS_NEW_REFUSAL = """(r.refuses IS NOT NULL AND EXISTS (
            SELECT 1 FROM unnest(string_to_array(r.refuses, ',')) AS word
            JOIN unnest(%(refusals)s::text[], %(refused_channels)s::text[], %(refused_topics)s::text[])
              AS known (word, channel, topic) USING (word)
            WHERE NOT EXISTS (
              SELECT 1 FROM customers_contactstop stop WHERE stop.customer_id = c.id AND stop.contact_id IS NULL
                AND stop.channel = known.channel AND stop.topic = known.topic)))"""

STAGED = ", ".join(f"r.{column}" for column in ("run_id", "row_number", *COLUMNS))
# A file that says "paid in full" of an invoice that is closed agrees with the books, however it was closed.
# `book` is read only where the file says something else about payments; OFFSET 0 keeps each level computed once.
COMPARED = f"""
    SELECT *,
      CASE
        WHEN finding IN ('moved', 'currency', 'too_early') THEN 'refused'
        WHEN finding <> '' THEN 'conflict'
        WHEN invoice_id IS NULL THEN 'new'
        WHEN amount_change <> 0 OR paid_now > 0 OR has_new_facts THEN 'changed'
        ELSE 'unchanged'
      END AS outcome
    FROM (
      SELECT *,
        CASE WHEN finding <> '' AND finding NOT LIKE 'paid%%' THEN 0 ELSE amount - booked_amount END AS amount_change,
        CASE WHEN finding <> '' AND finding <> 'paid_more' OR said_paid IS NULL THEN 0
             WHEN invoice_id IS NULL THEN said_paid
             ELSE least(said_paid - booked_paid, greatest(booked_balance + amount - booked_amount, 0)) END AS paid_now
      FROM (
        SELECT {STAGED}, c.id AS customer_id, i.id AS invoice_id, i.customer_id AS owner_id, said.paid AS said_paid,
          i.currency AS booked_currency, i.issued_on AS booked_issued_on, i.amount AS booked_amount,
          i.balance AS booked_balance, book.paid AS booked_paid,
          (r.due_on, coalesce(r.issued_on, i.issued_on), coalesce(r.description, i.description),
            coalesce(r.pdf_url, i.pdf_url))
            IS DISTINCT FROM (i.due_on, i.issued_on, i.description::text, i.pdf_url::text) AS has_new_facts,
          c.id IS NULL OR (
            r.customer_name, coalesce(r.language, c.language), coalesce(r.country, c.country),
            coalesce(r.time_zone, c.time_zone), coalesce(r.segment, c.segment), coalesce(r.buys_as, c.kind),
            coalesce(string_to_array(r.tags, ','), c.tags::text[]), coalesce(r.since_on, c.since_on),
            coalesce(r.renews_on, c.renews_on), {", ".join(renewed(column, "r") for column in RENEWAL)},
            {", ".join(f"coalesce(r.{way}, k.{way}, '')" for way in WAYS)}
          ) IS DISTINCT FROM (
            c.name::text, c.language::text, c.country::text, c.time_zone::text, c.segment::text, c.kind::text,
            c.tags::text[], c.since_on,
            c.renews_on, c.renewal_of::text, c.renewal_amount, c.renewal_currency::text,
            {", ".join(f"coalesce(k.{way}, '')" for way in WAYS)}
          ) OR {IS_NEW_REFUSAL} AS is_new_customer_fact,
          CASE
            WHEN i.id IS NULL THEN ''
            WHEN c.id IS DISTINCT FROM i.customer_id THEN 'moved'
            WHEN i.currency <> r.currency THEN 'currency'
            WHEN r.issued_on IS NULL AND r.due_on < i.issued_on THEN 'too_early'
            WHEN i.balance <= 0 AND r.amount <> i.amount THEN 'closed'
            WHEN i.balance > 0 AND i.balance + r.amount - i.amount < 0 THEN 'too_small'
            WHEN said.paid < book.paid THEN 'paid_less'
            WHEN said.paid - book.paid > greatest(i.balance + r.amount - i.amount, 0) THEN 'paid_more'
            ELSE ''
          END AS finding
        FROM customers_importrow r
        LEFT JOIN customers_invoice i ON i.number = r.invoice_number
        LEFT JOIN customers_customer c ON c.number = r.customer_number
        LEFT JOIN customers_contact k ON k.customer_id = c.id AND k.is_primary
        CROSS JOIN LATERAL (
          SELECT CASE WHEN i.balance = 0 AND r.amount = i.amount AND r.paid_amount = r.amount THEN NULL
                 ELSE r.paid_amount END AS paid
        ) said
        LEFT JOIN LATERAL (
          SELECT coalesce(-sum(e.amount), 0) AS paid FROM customers_ledgerentry e
          WHERE e.invoice_id = i.id AND e.kind IN ('paid', 'refunded') AND said.paid IS NOT NULL
        ) book ON true
        WHERE r.run_id = %(run)s AND r.state = 'good' AND r.row_number > %(after)s AND r.row_number <= %(upto)s
        OFFSET 0
      ) AS matched OFFSET 0
    ) AS judged
"""

LIST_FINDINGS = """
    INSERT INTO customers_importissue (run_id, kind, row_number, is_from_books, problems, cells)
    SELECT run_id, kind, row_number, true, jsonb_build_array(jsonb_build_object(
        'column', col, 'value', to_jsonb(compared) ->> col,
        'problem', format(problem, CASE finding
          WHEN 'moved' THEN (SELECT number FROM customers_customer WHERE id = owner_id)
          WHEN 'currency' THEN booked_currency
          WHEN 'too_early' THEN booked_issued_on::text WHEN 'closed' THEN trim_scale(booked_amount)::text
          WHEN 'too_small' THEN trim_scale(booked_amount - booked_balance)::text
          ELSE trim_scale(booked_paid)::text END),
        'remedy', remedy)), cells
    FROM {compared} AS compared
    JOIN customers_importrow USING (run_id, row_number)
    JOIN unnest(%(codes)s::text[], %(kinds)s::text[], %(columns)s::text[], %(problems)s::text[], %(remedies)s::text[])
      AS known (code, kind, col, problem, remedy) ON code = finding
"""

FORESEEN = f"""
    SELECT count(*) FILTER (WHERE outcome = 'new'), count(*) FILTER (WHERE outcome = 'changed'),
      count(*) FILTER (WHERE outcome = 'conflict'), count(*) FILTER (WHERE outcome = 'refused'),
      count(DISTINCT customer_number) FILTER (WHERE customer_id IS NULL AND outcome <> 'refused'),
      count(DISTINCT customer_number)
        FILTER (WHERE customer_id IS NOT NULL AND is_new_customer_fact AND outcome <> 'refused')
    FROM ({COMPARED}) AS compared
"""


def refusals() -> dict[str, list[str]]:
    """The parameters of IS_NEW_REFUSAL: what each word of a file stands for."""
    channels, topics = zip(*map(stop_of, WRITTEN), strict=True)
    return {"refusals": list(WRITTEN), "refused_channels": list(channels), "refused_topics": list(topics)}


def findings() -> dict[str, Any]:
    """The parameters that LIST_FINDINGS takes."""
    kinds, columns, problems, remedies = (list(texts) for texts in zip(*FINDINGS.values(), strict=True))
    return {"codes": list(FINDINGS), "kinds": kinds, "columns": columns, "problems": problems, "remedies": remedies}


def foresee(run: ImportRun) -> None:
    """Count what the run would change, and list where the books disagree. Sets the counts, without saving."""
    rows: dict[str, Any] = {"run": run.pk, "after": 0, "upto": run.last_row, **refusals()}
    ImportIssue.objects.filter(run=run, is_from_books=True).delete()
    refused_before = ImportIssue.objects.filter(run=run, kind=ImportIssue.Kind.REFUSED).count()
    with connection.cursor() as cursor:
        cursor.execute(FORESEEN, rows)
        run.new, run.changed, run.conflicts, refused, run.new_customers, run.changed_customers = cursor.fetchone()
        if run.conflicts or refused:
            cursor.execute(LIST_FINDINGS.format(compared=f"({COMPARED})"), {**rows, **findings()})
    run.refused = refused_before + refused
    run.unchanged = run.rows - run.new - run.changed - run.conflicts - run.refused  # with the repeated rows
