"""Storing proposals to give up what is open, of a step or of a person: rows only, set-based."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from customers.rules.money import in_words
from dunning.rules.business import still_our_business
from dunning.rules.decisions import Act
from dunning.rules.facts import CaseFacts
from dunning.rules.holding import without_held
from dunning.rules.words import StepKind

PROPOSE = """
WITH wanted AS (
  SELECT * FROM json_to_recordset(%(rows)s) AS wanted (case_id bigint, step_id bigint, by_id bigint, reason text,
    currency text, amount numeric, said text, lines jsonb)
), proposed AS (
  INSERT INTO dunning_writeoffproposal (case_id, run_id, currency, amount, reason, proposed_by_id, proposed_at, state,
                                        decision)
  SELECT wanted.case_id, run.id, currency, amount, wanted.reason, by_id, %(now)s, 'open', '' FROM wanted
  LEFT JOIN dunning_steprun run ON run.case_id = wanted.case_id AND run.step_id = wanted.step_id
  ON CONFLICT DO NOTHING
  RETURNING id, case_id, currency
), told AS (
  INSERT INTO dunning_caseevent (case_id, happened_at, kind, text, actor_id)
  SELECT case_id, %(now)s, 'writeoff', said, by_id FROM proposed JOIN wanted USING (case_id, currency)
)
INSERT INTO dunning_writeoffline (proposal_id, invoice_id, amount)
SELECT proposed.id, line.invoice_id, line.amount FROM proposed JOIN wanted USING (case_id, currency)
CROSS JOIN LATERAL jsonb_to_recordset(wanted.lines) AS line (invoice_id bigint, amount numeric)
"""
LAPSE = """
UPDATE dunning_writeoffproposal SET state = 'lapsed', decided_at = %(now)s,
  decision = 'the case closed: ' || left(closing.reason, 250)
FROM json_to_recordset(%(rows)s) AS closing (case_id bigint, reason text)
WHERE dunning_writeoffproposal.case_id = closing.case_id AND state = 'open'
"""


def propose_all(taken: Iterable[tuple[int, CaseFacts, Act]], *, now: datetime) -> None:
    """Store what these steps propose: triples of case id, facts and act, whatever the kind of its step."""
    asked = [(case_id, facts, act) for case_id, facts, act in taken if act.step.kind == StepKind.WRITE_OFF]
    rows = (rows_of(pk, facts, reason=act.reason, step_id=act.step.id, now=now) for pk, facts, act in asked)
    store([row for of_case in rows for row in of_case], now=now)


def rows_of(
    case_id: int, facts: CaseFacts, *, reason: str, now: datetime, step_id: int | None = None, by: User | None = None
) -> list[dict[str, Any]]:
    """What would be proposed, a row for each currency: what is due, but nothing on hold, disputed or in instalments."""
    today, lines = facts.local(now).date(), defaultdict[str, list[tuple[int, Decimal]]](list)
    for invoice in without_held(facts, still_our_business(facts, now), now):
        if invoice.part is None and not invoice.disputed and invoice.due_on <= today:
            lines[invoice.currency].append((invoice.id, invoice.balance))
    totals = {currency: sum((amount for _, amount in owed), Decimal(0)) for currency, owed in lines.items()}
    return [
        {
            "case_id": case_id,
            "step_id": step_id,
            "by_id": by.pk if by else None,
            "reason": reason[:300],
            "currency": currency,
            "amount": totals[currency],
            "said": f"Proposed to write off {in_words(totals[currency], currency)}: {reason}"[:500],
            "lines": [{"invoice_id": pk, "amount": amount} for pk, amount in owed],
        }
        for currency, owed in lines.items()
    ]


def store(rows: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Store these proposals in one statement; where one waits already, it stays. The caller holds the cases' locks."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(PROPOSE, {"rows": json.dumps(rows, default=str), "now": now})
